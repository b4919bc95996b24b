"""What a dispatcher filled into the notify dialog; it survives every round, right or wrong."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from notifications.errors import DaysRefused
from notifications.invite import Days
from notifications.models import ChannelName, Template


@dataclass(frozen=True, slots=True)
class Wish:
    """The dialog's fields. `customers` is None while nobody has ticked anything: then the preset counts."""

    key: str
    sms: int | None = None
    email: int | None = None
    both: bool = False
    customers: frozenset[int] | None = None
    limited: bool = False
    days: tuple[tuple[str, str], ...] = (("", ""),)
    """Periods as typed; an end left empty is a single day."""

    def chosen(self, among: Sequence[Template]) -> Sequence[Template]:
        """The templates that are wished, of those that may be used."""
        return [template for template in among if template.id in {self.sms, self.email}]

    def periods(self) -> Days | None:
        """The allowed days; None where any day will do. Raises `DaysRefused`."""
        if not self.limited:
            return None
        try:
            return [(date.fromisoformat(first), date.fromisoformat(last or first)) for first, last in self._typed()]
        except ValueError:
            raise DaysRefused("unreadable") from None

    def _typed(self) -> Sequence[tuple[str, str]]:
        return [(first or last, last) for first, last in self.days if first or last]

    def edited(self, act: str) -> "Wish":
        """After `add` or `remove-2` was pressed: another line of days, or one less."""
        verb, _, line = act.partition("-")
        if verb == "add":
            return replace(self, days=(*self.days, ("", "")))
        if verb == "remove" and line.isdecimal():
            kept = tuple(period for number, period in enumerate(self.days) if number != int(line))
            return replace(self, days=kept or (("", ""),))
        return self


def first(templates: Sequence[Template]) -> Wish:
    """The dialog as it opens: the first template of each channel, SMS before e-mail."""
    sms = next((each.id for each in templates if each.channel is ChannelName.SMS), None)
    email = next((each.id for each in templates if each.channel is ChannelName.EMAIL), None)
    return Wish(key=secrets.token_urlsafe(16), sms=sms, email=email)


def read(form: MultiDict[str, str]) -> Wish:
    """The dialog as it was sent."""
    firsts, lasts = form.getlist("first"), form.getlist("last")
    return Wish(
        key=form.get("key", "")[:64] or secrets.token_urlsafe(16),
        sms=form.get("sms", type=int),
        email=form.get("email", type=int),
        both=form.get("ways") == "both",
        customers=frozenset(form.getlist("customer", type=int)),
        limited="limited" in form,
        days=tuple(zip(firsts, lasts, strict=False)) or (("", ""),),
    )
