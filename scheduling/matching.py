"""How what somebody typed finds visits and customers: names, addresses, references, and numbers in any notation."""

import re

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from scheduling import contacts
from scheduling.models import Customer, Site, Visit

PHONE = re.compile(r"[+\d\s()./\-\u00a0\u2010-\u2013]+")
"""What a phone number is written with."""
LEAST = 4
"""Digits that a part of a phone number needs, so that it says something."""
NOISE = (" ", "-", ".", "/", "(", ")")
"""What stands between the digits of numbers that couldn't be read when they were given."""


def visit(text: str) -> ColumnElement[bool]:
    """Visits by number, ref, customer, or a part of the address; the query must join customer and site."""
    text = text.strip()
    ways = [Visit.ref == text, Site.address.icontains(text, autoescape=True), _customer(text)]
    number = visit_number(text)
    if number is not None:
        ways.append(Visit.number == number)
    return or_(*ways)


def customer(text: str) -> ColumnElement[bool]:
    """Customers by a part of the name, of the e-mail address or of a site's, by the ref, by digits of the number."""
    text = text.strip()
    return or_(_customer(text), Customer.sites.any(Site.address.icontains(text, autoescape=True)))


def visit_number(text: str) -> int | None:
    """What people say on the phone: `#118` or `118`; None where it can't be one."""
    digits = text.strip().removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else None


def _customer(text: str) -> ColumnElement[bool]:
    name = Customer.name.icontains(text, autoescape=True)
    ways = [name, Customer.email.icontains(text, autoescape=True), Customer.ref == text]
    if PHONE.fullmatch(text):
        ways += _phone(text)
    return or_(*ways)


def _phone(text: str) -> list[ColumnElement[bool]]:
    """The whole number where its country is written, else its digits as a part, without the zero dialled at home."""
    digits = "".join(re.findall(r"\d", text.replace("(0)", "")))
    if len(digits) < LEAST:
        return []
    whole = contacts.e164(text)
    ways = [_bare(Customer.phone).contains(digits.lstrip("0"), autoescape=True)]
    return [*ways, Customer.phone == whole] if whole else ways


def _bare(column: InstrumentedAttribute[str | None]) -> ColumnElement[str | None]:
    found: ColumnElement[str | None] = func.coalesce(column, "")
    for noise in NOISE:
        found = func.replace(found, noise, "")
    return found
