"""Days and times as people say them, and values made harmless."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from notifications import cleaning, sms_text, wording
from scheduling.wall import Window

WASHINGTON = ZoneInfo("America/New_York")
WINDOW = Window(datetime(2026, 12, 1, 13, tzinfo=UTC), datetime(2026, 12, 1, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en", "Tuesday, December 1, 8:00-10:00"),
        ("en-GB", "Tuesday, 1 December, 8:00-10:00"),
        ("fr", "mardi 1 décembre, 08:00-10:00"),
        ("de", "Dienstag, 1. Dezember, 08:00-10:00"),
        ("nonsense", "Tuesday, December 1, 8:00-10:00"),
    ],
)
def test_an_appointment_in_words(locale: str, text: str) -> None:
    assert wording.appointment(WINDOW, WASHINGTON, locale) == text
    assert sms_text.costly(text) == ""


@pytest.mark.parametrize(
    ("day", "locale", "text"),
    [
        (date(2026, 11, 30), "en", "today"),
        (date(2026, 12, 1), "en", "tomorrow"),
        (date(2026, 12, 1), "fr", "demain"),
        (date(2026, 12, 1), "de-CH", "morgen"),
        (date(2026, 12, 2), "fr", "après-demain"),
        (date(2026, 12, 2), "en", "Wednesday, December 2"),
        (date(2026, 11, 29), "en", "Sunday, November 29"),
        (date(2026, 12, 1), "it", "martedì 1 dicembre"),
    ],
)
def test_relative_days(day: date, locale: str, text: str) -> None:
    assert wording.relative_day(day, date(2026, 11, 30), locale) == text


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("Ana\r\nBcc: x", "Ana Bcc: x"),
        ("Pay at https://evil.com/x now", "Pay at evil. com/x now"),
        ("www.evil.com", "www. evil. com"),
        ("evil。com", "evil. com"),
        ("St.Gallen", "St. Gallen"),
        ("Dr. Who", "Dr. Who"),
        ("A\u202egnp.exe\u200b", "Agnp. exe"),
        ("x" * 60, "x" * 37 + "..."),
        ("  two\u2028lines ", "two lines"),
    ],
)
def test_values_from_outside_are_harmless(value: str, clean: str) -> None:
    assert cleaning.harmless(value, 40) == clean
