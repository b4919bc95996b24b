"""How messages write days and times: as people of the language say them, in characters that cost nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from scheduling.wall import Window

RELATIVE: Mapping[str, Mapping[int, str]] = {
    "en": {0: "today", 1: "tomorrow"},
    "fr": {0: "aujourd'hui", 1: "demain", 2: "après-demain"},
    "de": {0: "heute", 1: "morgen", 2: "übermorgen"},
}
"""Days from now in words; all other days are written as dates."""
TIMES: Mapping[str, str] = {"en": "H:mm"}
"""Patterns of times of day where it isn't HH:mm."""


@lru_cache(maxsize=64)
def locale_of(name: str) -> Locale:
    """The locale of a name such as `de` or `de-CH`; English where it is unknown."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=64)
def _day_pattern(name: str) -> str:
    """The locale's full date without the year."""
    full = locale_of(name).date_formats["full"].pattern
    return re.sub(r"[\s,.]*\by+\b['\s]*(г\.)?", "", full).strip()


def _plain(text: str) -> str:
    """Narrow and no-break spaces made plain: one of them would double the price of an SMS."""
    return re.sub(r"[\u00a0\u2009\u202f]", " ", text)


@lru_cache(maxsize=512)
def day(value: date, locale: str) -> str:
    """Weekday, day and month."""
    return _plain(format_date(value, _day_pattern(locale), locale=locale_of(locale)))


def time(at: datetime, locale: str) -> str:
    """The time of day on the wall clock; `at` is in the zone already."""
    spoken = locale_of(locale)
    return _plain(format_time(at, TIMES.get(spoken.language, "HH:mm"), tzinfo=at.tzinfo, locale=spoken))


def relative_day(value: date, today: date, locale: str) -> str:
    """The day in words where it is near, otherwise as a date."""
    words = RELATIVE.get(locale_of(locale).language, {})
    return words.get((value - today) // timedelta(days=1)) or day(value, locale)


@lru_cache(maxsize=512)
def hours(window: Window, zone: ZoneInfo, locale: str) -> str:
    """The times of a window, such as `8:00-10:00`."""
    return f"{time(window.start.astimezone(zone), locale)}-{time(window.end.astimezone(zone), locale)}"


def appointment(window: Window, zone: ZoneInfo, locale: str) -> str:
    """Day and times of a window."""
    return f"{day(window.start.astimezone(zone).date(), locale)}, {hours(window, zone, locale)}"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in a template: the filters say which part of it is written."""

    at: datetime
    """In the zone of the location."""
    today: date
    locale: str

    def __str__(self) -> str:
        return f"{self.date()}, {self.time()}"

    def date(self) -> str:
        """The day as a date."""
        return day(self.at.date(), self.locale)

    def time(self) -> str:
        """The time of day."""
        return time(self.at, self.locale)

    def relative_day(self) -> str:
        """The day in words where it is near."""
        return relative_day(self.at.date(), self.today, self.locale)
