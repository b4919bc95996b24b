"""How pages write dates, times and distances, and where their assets are.

`flask.g.locale` is the language of a page; without it, as on pages of staff, it is English.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path

from babel import Locale, dates, numbers
from flask import Flask, current_app, g, request, url_for

from notifications import wording
from scheduling import contacts

MILE = 1609.344
MILES_SPOKEN = frozenset({"US", "GB", "LR", "MM"})
PLACES = (
    ("home.start", "Start"),
    ("route_map.index", "Route map"),
    ("planning.index", "Planning"),
    ("visits.index", "Visits"),
    ("customers.index", "Customers"),
    ("messages.index", "Messages"),
    ("settings.index", "Settings"),
)
"""The console's navigation: endpoint and name."""


def init_app(app: Flask) -> None:
    """Register the filters, tests and globals."""
    for function in (long_day, short_day, dated, weekday, clock, between, distance, phone):
        app.add_template_filter(function)
    app.add_template_global(again)
    app.add_template_global(asset)
    app.add_template_global(locale)
    app.jinja_env.globals["places"] = PLACES


def locale() -> str:
    """The language of the page that is being answered, with its country where that is known."""
    code: str = g.get("locale", "en")
    return code


def spoken() -> Locale:
    """The same as Babel's locale; English where it is unknown."""
    return wording.locale_of(locale())


def long_day(day: date) -> str:
    """`Tuesday, December 1`, as messages write it."""
    return wording.day(day, locale())


def short_day(day: date) -> str:
    """`Tue, Dec 1`."""
    return dates.format_skeleton("MMMEd", day, locale=spoken())


def dated(day: date) -> str:
    """`Tue, Dec 1, 2026`, where the year isn't plain."""
    return dates.format_skeleton("yMMMEd", day, locale=spoken())


def weekday(day: date) -> str:
    """`Tuesday`."""
    return dates.format_date(day, "EEEE", locale=spoken())


def clock(at: datetime | time) -> str:
    """`8:05`; an instant must be local already."""
    return _clock(at.hour, at.minute, locale())


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, code: str) -> str:
    """The same: boards write thousands of times, of which few differ."""
    return wording.time(datetime(1, 1, 1, hour, minute, tzinfo=UTC), code)


def between(window: tuple[datetime | time, datetime | time]) -> str:
    """`8:00 – 10:00`."""
    return f"{clock(window[0])} – {clock(window[1])}"


def phone(number: str) -> str:
    """`+1 202-555-0143`."""
    return contacts.spaced(number)


def distance(metres: int) -> str:
    """`6.2 km`, or miles where the language's country counts in miles."""
    miles = spoken().territory in MILES_SPOKEN
    amount = metres / (MILE if miles else 1000)
    return f"{numbers.format_decimal(amount, '#,##0.0', locale=spoken())} {'mi' if miles else 'km'}"


def asked() -> Mapping[str, str]:
    """The arguments of the address, without names that mean something to `url_for` itself."""
    return {name: value for name, value in request.args.items() if name != "endpoint" and not name.startswith("_")}


def again(**changes: object) -> str:
    """The address of the page that is asked for, with other arguments; None or an empty text drops one."""
    arguments = {**(request.view_args or {}), **asked(), **changes}
    return url_for(request.endpoint or "home.index", **{name: value for name, value in arguments.items() if value})


def asset(name: str) -> str:
    """The address of a built file, with its content's hash, so that it may be cached for good."""
    path = Path(current_app.static_folder or "") / name
    if not path.exists():
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
