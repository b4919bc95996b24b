"""What a dispatcher filled into the notify dialog; it survives every round, right or wrong."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from notifications.errors import DaysRefused
from notifications.invite import Days
from notifications.models import ChannelName, Template

Period = tuple[str, str]
NO_DAYS: tuple[Period, ...] = (("", ""),)
MENDED = re.compile(r"(phone|email|version|consent)-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Contact:
    """What was typed to reach a customer; None where the field wasn't there."""

    version: int = 0
    phone: str | None = None
    email: str | None = None
    consent: frozenset[ChannelName] = frozenset()


@dataclass(frozen=True, slots=True)
class Wish:
    """The dialog's fields. `customers` is None while nobody has ticked anything: then the preset counts."""

    key: str
    sms: int | None = None
    email: int | None = None
    both: bool = False
    customers: frozenset[int] | None = None
    limited: bool = False
    days: tuple[Period, ...] = NO_DAYS
    """Periods as typed; an end left empty is a single day."""
    reader: int | None = None
    """The customer whose text is shown."""
    language: str = ""
    """In which language it is shown; empty: his own."""
    contacts: Mapping[int, Contact] = field(default_factory=dict)
    """What was typed about customers who can't be reached."""

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

    def _typed(self) -> Sequence[Period]:
        return [(first or last, last) for first, last in self.days if first or last]

    def faults(self, today: date) -> Mapping[int, str]:
        """Why each line of days would be refused, by its number: the same words as `DaysRefused` has."""
        if not any(first or last for first, last in self.days):
            return {0: "empty"}
        found = {number: _fault(period, today) for number, period in enumerate(self.days)}
        return {number: why for number, why in found.items() if why}

    def edited(self, act: str) -> "Wish":
        """After `add`, `remove-2` or `read-12` was pressed: a line of days more or less, or another one's text."""
        verb, _, what = act.partition("-")
        number = int(what) if what.isdecimal() else None
        if verb == "add":
            return replace(self, days=(*self.days, ("", "")))
        if verb == "remove" and number is not None:
            kept = tuple(period for place, period in enumerate(self.days) if place != number)
            return replace(self, days=kept or NO_DAYS)
        return replace(self, reader=number) if verb == "read" else self

    def with_customer(self, customer_id: int) -> "Wish":
        """The same with one customer more, of whom nothing is left to be typed."""
        contacts = {id_: typed for id_, typed in self.contacts.items() if id_ != customer_id}
        return replace(self, customers=(self.customers or frozenset()) | {customer_id}, contacts=contacts)


def _fault(period: Period, today: date) -> str:
    first, last = period
    if not first and not last:
        return ""
    try:
        begin, end = date.fromisoformat(first or last), date.fromisoformat(last or first)
    except ValueError:
        return "unreadable"
    if begin > end:
        return "order"
    return "past" if end < today else ""


def first(templates: Sequence[Template], days: tuple[Period, ...] = ()) -> Wish:
    """The dialog as it opens: the first template of each channel, SMS before e-mail."""
    sms = next((each.id for each in templates if each.channel is ChannelName.SMS), None)
    email = next((each.id for each in templates if each.channel is ChannelName.EMAIL), None)
    key = secrets.token_urlsafe(16)
    return Wish(key=key, sms=sms, email=email, limited=bool(days), days=days or NO_DAYS)


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
        days=tuple(zip(firsts, lasts, strict=False)) or NO_DAYS,
        reader=form.get("reader", type=int),
        language=form.get("language", "")[:16],
        contacts=_contacts(form),
    )


def _contacts(form: MultiDict[str, str]) -> Mapping[int, Contact]:
    """By customer: the fields are called `phone-12`, `email-12`, `consent-12`, `version-12`."""
    named = [found for name in form if (found := MENDED.fullmatch(name))]
    return {int(id_): _contact(form, id_) for id_ in {found[2] for found in named}}


def _contact(form: MultiDict[str, str], id_: str) -> Contact:
    return Contact(
        version=form.get(f"version-{id_}", 0, type=int),
        phone=form.get(f"phone-{id_}"),
        email=form.get(f"email-{id_}"),
        consent=frozenset(form.getlist(f"consent-{id_}", type=ChannelName)),
    )
