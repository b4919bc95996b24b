"""A scene that never was, for previews, the meter and tests: made of rows that no session knows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from notifications import sms_text, wording
from notifications.company import Company
from notifications.scene import Scene
from scheduling import clock, settings, wall
from scheduling.models import (
    Customer,
    Event,
    Location,
    Route,
    Site,
    Stop,
    Task,
    TaskKind,
    Technician,
    Visit,
    VisitType,
)
from scheduling.terms import LinkTerms

Words = Mapping[str, str]
"""Values by path, for those that people type."""

USUAL: Words = {
    "visit.ref": "V1042",
    "visit.type": "Boiler maintenance",
    "visit.description": "Yearly check",
    "visit.address": "12 Oak Street",
    "visit.contact": "Ms Sample",
    "customer.name": "Ana Sample",
    "technician.name": "Ben Tool",
    "previous_technician.name": "Cleo Spanner",
    "wish.comment": "Any Friday",
}
LONG = "Alexandria Montgomery-Featherstone Smith"
"""As long as a value in an SMS may be: 40 characters."""
COLUMNS: Mapping[str, InstrumentedAttribute[str]] = {
    "visit.ref": Visit.ref,
    "visit.type": VisitType.name,
    "visit.description": Visit.description,
    "visit.address": Site.address,
    "visit.contact": Visit.contact,
    "customer.name": Customer.name,
    "technician.name": Technician.name,
    "previous_technician.name": Technician.name,
}
"""Where what people typed is kept."""
SATURDAY = 6
MANY = 5_000
"""Values of a column that are looked through, the newest."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a sample shares with real messages."""

    location: Location
    company: Company
    terms: LinkTerms
    link: str


def setting(session: Session, link: str) -> Setting:
    """The first location with the company and the terms in force; a location of no name where there is none yet."""
    first = session.scalars(select(Location).order_by(Location.id).limit(1)).first()
    location = first or Location(ref="main", name="Main", zone_name="UTC", locale="en")
    return Setting(location, settings.load(session, Company), settings.load(session, LinkTerms), link)


def usual(setting: Setting, locale: str) -> Scene:
    """An appointment on the next working day, between ten and twelve, with words as they come."""
    day = _today(setting) + timedelta(days=1)
    weekend = day.isoweekday() - SATURDAY
    return _scene(setting, locale, USUAL, day=day + timedelta(days=2 - weekend if weekend >= 0 else 0), custom="sample")


def longest(session: Session, setting: Setting, locale: str, paths: Iterable[str]) -> Scene:
    """The same on the day with the longest name; the variables named have the worst values that there are."""
    words = {**dict.fromkeys(USUAL, LONG), **worst_values(session, paths)}
    return _scene(setting, locale, words, day=_longest_day(locale, _today(setting).year), custom=LONG)


def worst_values(session: Session, paths: Iterable[str]) -> Words:
    """For each path with a column, the value in it that costs most in an SMS; none where the column is empty."""
    found = {path: session.scalars(_newest(COLUMNS[path])).all() for path in set(paths) & COLUMNS.keys()}
    return {path: max(values, key=_price) for path, values in found.items() if any(values)}


def _newest(column: InstrumentedAttribute[str]) -> Select[str]:
    return select(column).order_by(column.class_.id.desc()).limit(MANY)


def _price(value: str) -> tuple[bool, int]:
    """A single character may make the whole message Unicode, which is worse than any length."""
    return bool(sms_text.costly(value)), len(value)


def _today(setting: Setting) -> date:
    return wall.day_of(clock.now(), setting.location.zone)


@lru_cache(maxsize=32)
def _longest_day(locale: str, year: int) -> date:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    return max(days, key=lambda day: len(wording.day(day, locale)))


def _scene(setting: Setting, locale: str, words: Words, *, day: date, custom: str) -> Scene:
    zone = setting.location.zone
    window, before = wall.window(day, time(10), time(12), zone), wall.window(day, time(13), time(15), zone)
    visit = _visit(setting, words, window, custom)
    wish = {"day": day.isoformat(), "part": "morning"}
    return Scene(
        visits=[visit],
        locale=locale,
        company=setting.company,
        terms=setting.terms,
        link=setting.link,
        link_until=window.start + timedelta(days=setting.terms.validity_days),
        event=Event(payload={"old_window": {"start": before.start.isoformat(), "end": before.end.isoformat()}}),
        previous_technician=Technician(name=words["previous_technician.name"]),
        task=Task(kind=TaskKind.CALL_BACK, wishes=[wish, wish], comment=words["wish.comment"]),
    )


def _visit(setting: Setting, words: Words, window: wall.Window, custom: str) -> Visit:
    fields = _Fields(custom)
    customer = Customer(name=words["customer.name"], phone="+12025550143", email="ana@example.com", custom=fields)
    technician = Technician(name=words["technician.name"], phone="+12025550144", custom=fields)
    visit = Visit(
        ref=words["visit.ref"],
        number=1042,
        location=_copy(setting.location),
        customer=customer,
        site=Site(address=words["visit.address"]),
        type=VisitType(name=words["visit.type"], names={}),
        description=words["visit.description"],
        contact=words["visit.contact"],
        price=120,
        custom=fields,
        started_at=window.start,
        completed_at=window.end,
    )
    visit.window = window
    visit.stop = Stop(
        route=Route(technician=technician),
        planned_start=window.start + timedelta(minutes=15),
        planned_end=window.start + timedelta(minutes=45),
    )
    return visit


def _copy(location: Location) -> Location:
    """So that nothing of the sample hangs on a row that a session knows."""
    return Location(name=location.name, zone_name=location.zone_name, phone=location.phone, locale=location.locale)


class _Fields(defaultdict[str, object]):
    """Custom fields of any name, all with one value."""

    def __init__(self, value: str) -> None:
        super().__init__(lambda: value)

    def get(self, key: str, default: object = None) -> object:
        """The value."""
        return self[key]
