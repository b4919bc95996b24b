"""The forms of customers: each is sealed for the link, the act and the promises that its page showed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from wtforms import DateField, Form, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField, i18n
from wtforms.validators import Length, Optional

from notifications.models import Invitation
from portal import filters, links
from portal.customer import words
from scheduling import clock, tasks, wall
from scheduling.errors import NoSuchWallTime, StaleVisit
from scheduling.models import TaskKind, Visit
from scheduling.wall import Window


class NoSlot(Exception):
    """The text names no slot."""


class Unsealed(Exception):
    """The form isn't one that this portal showed for this link and act."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What a form is bound to: a link, an act on a numbered visit, and the promises about what it would move."""

    invitation: Invitation
    number: int
    act: str
    block: Sequence[Visit]

    @property
    def generation(self) -> str:
        """The promises as they stand, by number in the link: `1.3`, or `1.3-2.1` where several visits move together."""
        numbers = {item.visit_id: number for number, item in enumerate(self.invitation.items, start=1)}
        return "-".join(f"{numbers[visit.id]}.{visit.generation}" for visit in self.block)

    @property
    def _action(self) -> str:
        return f"{self.number}.{self.act}"

    def hidden(self) -> Markup:
        """The two fields that carry the seal."""
        nonce = links.nonce(self.invitation, self._action, self.generation)
        field = Markup('<input type="hidden" name="{}" value="{}">')
        return field.format("generation", self.generation) + field.format("nonce", nonce)

    def seen(self, generation: str, nonce: str) -> Mapping[int, int]:
        """The generations that the page showed, by visit, whatever moves together by now. Raises `Unsealed`."""
        if not links.nonce_fits(nonce, self.invitation, self._action, generation):
            raise Unsealed
        shown = [part.split(".") for part in generation.split("-") if part]
        return {self.invitation.items[int(number) - 1].visit_id: int(seen) for number, seen in shown}


def as_shown(block: Sequence[Visit], seen: Mapping[int, int]) -> None:
    """Raises `StaleVisit` where other visits move together than the page showed, or another promise counts."""
    for visit in block:
        if visit.generation != seen.get(visit.id) or len(block) != len(seen):
            raise StaleVisit(visit.ref, seen.get(visit.id, 0), visit.generation)


class SealedForm(Form):  # type: ignore[misc]
    """A form without any field of its own: a button."""

    class Meta:
        """Where WTForms finds its own sentences."""

        @staticmethod
        def get_translations(_form: Form) -> object:
            """Those in the language of the page."""
            return i18n.get_translations([filters.spoken().language])

    generation = HiddenField()
    nonce = HiddenField()

    def __init__(self, seal: Seal, **data: Any) -> None:
        super().__init__(request.form if request.method == "POST" else None, **data)
        self._seal = seal

    def hidden(self) -> Markup:
        """The fields that bind the form to what its page shows now."""
        return self._seal.hidden()

    def seen(self) -> Mapping[int, int]:
        """The generations that the form was shown for, by visit. Raises `Unsealed`."""
        return self._seal.seen(self.generation.data or "", self.nonce.data or "")


class SlotForm(SealedForm):
    """Which slot was chosen, as `2026-12-03T08:00-10:00` on the wall clock."""

    slot = HiddenField()

    def window(self, visit: Visit) -> Window:
        """The chosen interval as instants. Raises `NoSlot` where none was chosen."""
        return read_slot(self.slot.data or "", visit.location.zone)


def write_slot(day: date, start: time, end: time) -> str:
    """A slot as forms and addresses carry it."""
    return f"{day}T{start:%H:%M}-{end:%H:%M}"


def read_slot(text: str, zone: ZoneInfo) -> Window:
    """The inverse of `write_slot`, as instants. Raises `NoSlot` for anything else."""
    day, _, hours = text.partition("T")
    start, _, end = hours.partition("-")
    try:
        return wall.window(date.fromisoformat(day), time.fromisoformat(start), time.fromisoformat(end), zone)
    except (ValueError, OverflowError, NoSuchWallTime):
        raise NoSlot from None


class WishForm(SealedForm):
    """What the customer wants where no slot suits."""

    kind = RadioField(
        lazy_gettext("What should we do?"),
        choices=[
            SelectChoice(TaskKind.WISH.value, lazy_gettext("Find another time for me")),
            SelectChoice(TaskKind.CALL_BACK.value, lazy_gettext("Call me back")),
            SelectChoice(TaskKind.NOT_NEEDED.value, lazy_gettext("I no longer need this appointment")),
        ],
        default=TaskKind.WISH.value,
    )
    day_1 = DateField(lazy_gettext("First day that suits you"), validators=[Optional()])
    part_1 = SelectField(lazy_gettext("Part of that day"))
    day_2 = DateField(lazy_gettext("Second day that suits you"), validators=[Optional()])
    part_2 = SelectField(lazy_gettext("Part of that day"))
    comment = TextAreaField(
        lazy_gettext("Anything we should know"),
        validators=[Length(max=1000, message=lazy_gettext("Write at most 1000 characters."))],
        filters=[lambda text: (text or "").strip().replace("\0", "")],
    )

    def __init__(self, seal: Seal, **data: Any) -> None:
        super().__init__(seal, **data)
        self.part_1.choices = self.part_2.choices = [SelectChoice(part, name) for part, name in words.parts().items()]
        self._today = wall.day_of(clock.now(), seal.block[0].location.zone)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether something was wished for that can still be had."""
        valid = bool(super().validate(extra_validators))
        for field in (self.day_1, self.day_2):
            if field.data and field.data < self._today:
                field.errors = [gettext("This day has passed.")]
                valid = False
        if valid and self.kind.data == TaskKind.WISH and not (self.wishes() or self.comment.data):
            self.day_1.errors = [gettext("Choose a day, or write what would suit you.")]
            valid = False
        return valid

    def wishes(self) -> list[tasks.Wish]:
        """The days that would suit."""
        pairs = (self.day_1.data, self.part_1.data), (self.day_2.data, self.part_2.data)
        return [tasks.Wish(day, part) for day, part in pairs if day and self.kind.data == TaskKind.WISH]
