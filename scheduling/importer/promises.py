"""What becomes of a visit's status, place and window, which only make sense together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scheduling.importer.merging import Outcome
from scheduling.models import MOVES, VisitStatus
from scheduling.models.visit import ON_ROUTE

FIELDS = ("status", "place", "window")
KEEP, TAKE, CONFLICT = Outcome.KEEP, Outcome.TAKE, Outcome.CONFLICT


@dataclass(frozen=True, slots=True)
class Promise:
    """As a document writes them: `place` is [day, technician], `window` {start, end}; None where there is none."""

    status: VisitStatus
    place: list[str] | None
    window: Mapping[str, str] | None


@dataclass
class Verdict:
    """What the visit is to become, and the outcome of each field that the document names."""

    promise: Promise
    outcomes: dict[str, Outcome]


def merge(said: Mapping[str, Any], stored: Promise, decide: Callable[[str], Outcome], *, theirs: bool) -> Verdict:
    """Merge the three fields so that what comes out is a promise that somebody made, never half of two."""
    outcomes = {name: decide(name) if name in said else KEEP for name in FIELDS}
    _status(said, stored, outcomes, theirs=theirs)
    if CONFLICT in (outcomes["place"], outcomes["window"]):
        _dispute(outcomes)
    promise = _combined(said, stored, outcomes)
    if _torn(promise):
        if outcomes["place"] is TAKE or (theirs and said.get("place")):
            outcomes["place"] = TAKE
            promise = replace(_combined(said, stored, outcomes), window=said.get("window"))
        else:
            _dispute(outcomes)
            promise = _combined(said, stored, outcomes)
    return Verdict(promise, outcomes)


def _status(said: Mapping[str, Any], stored: Promise, outcomes: dict[str, Outcome], *, theirs: bool) -> None:
    """A final status stays; a visit gets a place only where its status lets it, and only then it is planned."""
    if outcomes["status"] is TAKE and said["status"] not in reachable(stored.status):
        outcomes["status"] = CONFLICT
    if outcomes["place"] is TAKE and outcomes["status"] is not TAKE and not _may_be_placed(stored, theirs=theirs):
        outcomes["place"] = CONFLICT
    placed = outcomes["place"] is TAKE or stored.place
    if outcomes["status"] is TAKE and said["status"] == VisitStatus.PLANNED and not placed:
        outcomes["status"] = KEEP


def _may_be_placed(stored: Promise, *, theirs: bool) -> bool:
    if theirs:
        return stored.status in ON_ROUTE or VisitStatus.PLANNED in reachable(stored.status)
    return stored.status in {VisitStatus.DRAFT, VisitStatus.UNPLANNED, VisitStatus.PLANNED}


def _dispute(outcomes: dict[str, Outcome]) -> None:
    for name in ("place", "window"):
        if outcomes[name] is TAKE:
            outcomes[name] = CONFLICT


def _combined(said: Mapping[str, Any], stored: Promise, outcomes: Mapping[str, Outcome]) -> Promise:
    status = VisitStatus(said["status"]) if outcomes["status"] is TAKE else stored.status
    window = said["window"] if outcomes["window"] is TAKE else stored.window
    if outcomes["place"] is TAKE:
        return Promise(status if status in ON_ROUTE else VisitStatus.PLANNED, said["place"], window)
    if status in ON_ROUTE:
        return Promise(status, stored.place, window)
    dropped = status in {VisitStatus.UNPLANNED, VisitStatus.DRAFT} and stored.status != status
    return Promise(status, None, None if dropped and outcomes["window"] is not TAKE else window)


def _torn(promise: Promise) -> bool:
    """Whether the window is on another day than the route."""
    return bool(promise.place and promise.window and promise.window["start"][:10] != promise.place[0])


def reachable(status: VisitStatus) -> frozenset[VisitStatus]:
    """The statuses that a visit may get to, step by step: a document tells where it stands, not how it came there."""
    found: set[VisitStatus] = set()
    rest = [status]
    while rest:
        fresh = MOVES[rest.pop()] - found
        found |= fresh
        rest += fresh
    return frozenset(found)
