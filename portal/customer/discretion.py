"""What a link may say about people and places before the customer has acted: links are forwarded."""

import re

HOUSE = re.compile(
    r"^\d+[a-z]?(?:\s?[-/]\s?\d+[a-z]?)?(?:\s(?:bis|ter|1/2))?\s+(?=\S)|\s+\d+\s?[a-z]?(?:\s?[-/]\s?\d+\s?[a-z]?)?$",
    re.I,
)
"""The number in front of or behind the name of a street; `16th Street` has none."""
DOOR = re.compile(r"#|(?:apt|apartment|unit|suite|ste|floor|fl|appt|étage|whg|wohnung|tür|top)\b|\d+[a-z]?$", re.I)
"""A part of an address that says which door, or is nothing but a number."""


def first_name(name: str) -> str:
    """What a forwarded link may say about who is meant."""
    words = name.rpartition(",")[2].split()
    return words[0] if words else ""


def address(text: str, *, whole: bool) -> str:
    """The place; without the house number and the door unless `whole`, because links are passed on."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if whole or not parts:
        return ", ".join(parts)
    street, *rest = [part for part in parts if not DOOR.match(part)] or [""]
    return ", ".join([HOUSE.sub("", street, count=1), *rest])
