"""How somebody may be reached: telephone numbers and e-mail addresses."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def e164(text: str) -> str | None:
    """The number as E.164, read only where its country is written: +423 232 00 00, 00423 …; otherwise None."""
    text = text.strip()
    international = f"+{text[2:]}" if text.startswith("00") else text
    try:
        number = phonenumbers.parse(international)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def spaced(text: str) -> str:
    """A number of E.164 as people read it, +1 202-555-0143; any other text as it is."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(text), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return text


def is_email(text: str) -> bool:
    """Whether the text has the shape of an e-mail address."""
    return EMAIL.fullmatch(text) is not None
