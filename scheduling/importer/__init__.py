"""The importer: a planning document comes in, is merged with what the portal holds, and says what became of it.

`files` and `tables` take a file apart, `reading` makes sense of each row, `checks` of all of them together, `merging`
remembers what earlier documents said; `people`, `route_rows` and `visit_rows` write.
"""

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from scheduling import events
from scheduling.events import Actor
from scheduling.geocode import Geocoder
from scheduling.importer import files, people, reading, route_rows, store, visit_rows
from scheduling.importer.checks import Checker
from scheduling.importer.files import MAX_BYTES, Unreadable
from scheduling.importer.ids import Ids
from scheduling.importer.merging import Memory, Side
from scheduling.importer.places import Places
from scheduling.importer.reading import Document
from scheduling.importer.report import Disagreement, DocumentRefused, Ledger, Notice, Record, Refusal, Report
from scheduling.importer.store import Known
from scheduling.importer.work import Work
from scheduling.models import Consent, ConsentChannel, Customer, Origin, Route, Site, Stop, Visit, VisitType
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms

__all__ = ["Disagreement", "DocumentRefused", "Notice", "Record", "Refusal", "Report", "Side", "addresses", "run"]


def run(
    session: Session,
    payload: bytes,
    name: str,
    *,
    partial: bool = False,
    theirs: bool | Collection[Side] = False,
    consent: Sequence[str] = (),
    geocoder: Geocoder | None = None,
    travel: TravelTimes,
    actor: Actor,
    terms: LinkTerms,
    max_bytes: int = MAX_BYTES,
) -> Report:
    """Take the document whole, or with `partial` its good rows; `theirs` takes its side of every conflict, or of those
    named by kind, ref and field.

    `consent` are the channels that the customers of the file have granted whose rows don't say. Events have the origin
    import, whoever `actor` is. Flushes and never commits: who wants to know only what would happen rolls back.
    Raises `DocumentRefused`.
    """
    ledger = Ledger(name)
    document = _read(payload, name, ledger, max_bytes)
    memory = Memory(session, ledger, theirs=theirs)
    ids = Ids(session)
    places = Places(session, geocoder, ids)
    with session.no_autoflush, _without_collector():
        known = _known(session, document, ledger)
        zone = ZoneInfo(document.timezone or (known.location.zone_name if known.location else "UTC"))
        _recall(memory, document, known)
        plan = Checker(document, known, memory, places, zone, ledger).run()
        if ledger.refused and not partial:
            raise DocumentRefused(ledger.report())
        location = people.location(session, document, known, memory, ledger)
        channels = sorted(ConsentChannel(channel) for channel in consent) if consent else None
        actor = Actor(Origin.IMPORT, actor.name)
        work = Work(
            session, plan, known, memory, places, ledger, location, zone, ids, actor, terms, travel, consent=channels
        )
        _apply(work)
    return ledger.report()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Tens of thousands of rows stay alive until the end; looking for garbage among them again and again takes half
    of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def addresses(payload: bytes, name: str) -> list[str]:
    """The addresses in the file that come without coordinates: what to ask a geocoder before `run`."""
    try:
        document = reading.read(files.parse(payload, name), Ledger(name))
    except Unreadable:
        return []
    return list(dict.fromkeys(entry.row.address for entry in document.visits if entry.row.lat is None))


def _read(payload: bytes, name: str, ledger: Ledger, max_bytes: int) -> Document:
    try:
        return reading.read(files.parse(payload, name, max_bytes=max_bytes), ledger)
    except Unreadable as error:
        raise _refused(ledger, error) from None


def _known(session: Session, document: Document, ledger: Ledger) -> Known:
    try:
        return store.load(session, document)
    except Unreadable as error:
        raise _refused(ledger, error) from None


def _refused(ledger: Ledger, error: Unreadable) -> DocumentRefused:
    ledger.refuse("file", error.row, error.field, error.reason)
    return DocumentRefused(ledger.report())


def _recall(memory: Memory, document: Document, known: Known) -> None:
    memory.load("locations", [document.location] if document.location else [])
    memory.load("technicians", [entry.row.ref for entry in document.technicians])
    memory.load("customers", [entry.row.ref for entry in document.customers])
    memory.load("visits", {entry.row.ref for entry in document.visits} | known.visits.keys())
    memory.load("routes", {route_rows.name_of(key) for key in store.keys(document)})


def _apply(work: Work) -> None:
    """Write what is new and what is taken, each kind after those that it refers to."""
    people.technicians(work)
    work.session.flush()
    people.customers(work)
    route_rows.apply(work)
    if work.ledger.changed["locations"]:
        people.reckon_again(work, Route.location_id == work.location.id)
    visit_rows.apply(work)
    work.made[Site] = work.places.made
    work.write(Customer, Consent, Site, VisitType, Route)
    route_rows.settle(work)
    work.session.flush()
    work.write(Visit, Stop)
    work.memory.write()
    events.record_all(work.session, work.facts, actor=work.actor)
    work.session.expire_all()
