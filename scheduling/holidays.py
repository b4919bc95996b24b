"""On which days a location is closed: public holidays of a country or one of its parts, and closures of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from scheduling.models import Location

# The package takes half a second to load, and most processes never ask for a calendar: it is imported where it is used.


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day without work and why; `public` tells a holiday from a closure."""

    day: date
    reason: str
    public: bool


def closed(location: Location, day: date) -> ClosedDay | None:
    """Whether the location is closed on the day."""
    for closure in location.closures or ():
        if closure["first"] <= day.isoformat() <= closure["last"]:
            return ClosedDay(day, closure.get("reason") or "Closed", public=False)
    holiday = _of_year(location.holidays, day.year).get(day) if location.holidays else None
    return ClosedDay(day, holiday, public=True) if holiday else None


def coming(location: Location, first: date, days: int = 365) -> Iterator[ClosedDay]:
    """The closed days from the first on."""
    for offset in range(days):
        if found := closed(location, first + timedelta(days=offset)):
            yield found


@lru_cache(maxsize=1)
def countries() -> tuple[str, ...]:
    """The ISO codes of the countries whose holidays are known."""
    from holidays.registry import EntityLoader

    return tuple(EntityLoader.get_country_codes(include_aliases=False))


@lru_cache(maxsize=64)
def parts(country: str) -> Mapping[str, str]:
    """The parts of a country that keep days of their own: code and name, by name; the code where no name is known."""
    if country not in countries():
        return {}
    calendar = _calendar(country)
    names = {code: name for name, code in reversed(calendar.subdivisions_aliases.items())}
    found = {code: names.get(code, code) for code in calendar.subdivisions}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def is_known(calendar: str) -> bool:
    """Whether "US" or "US-VA" names a calendar."""
    country, dash, part = calendar.partition("-")
    return country in countries() and (part in parts(country) if dash else True)


@lru_cache(maxsize=256)
def _of_year(calendar: str, year: int) -> Mapping[date, str]:
    if not is_known(calendar):  # set by an earlier version, or by hand
        return {}
    country, _, part = calendar.partition("-")
    return dict(_calendar(country, part or None, year))


def _calendar(country: str, part: str | None = None, year: int | None = None) -> Any:
    """The country's calendar with names in English where there are some, else in its own language."""
    import holidays

    languages = holidays.country_holidays(country).supported_languages
    english = [code for code in languages if code.startswith("en")]
    return holidays.country_holidays(country, part, years=year, language=english[-1] if english else None)
