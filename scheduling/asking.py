"""From a question about slots to the solver's values, and from its answer back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import away, clock, snapshot, wall
from scheduling.choices import STAFF, Offers, Question, RefusedSlot, SlotOffer
from scheduling.errors import NoSuchWallTime, SlotTaken
from scheduling.models import Location, Route, Visit
from scheduling.snapshot import Lens
from scheduling.solver import Job, Offer, Params, Slot, propose
from scheduling.terms import SlotTime
from scheduling.wall import Window

Choice = tuple[date, SlotTime, Window]


def days(location: Location, question: Question) -> Iterator[date]:
    """The days that the question is about, in order."""
    today = wall.day_of(clock.now(), location.zone)
    horizon = today + timedelta(days=question.terms.horizon_days)
    first, last = question.days or (today, horizon)
    if question.limits.present:
        first = max(first, today)
    if question.limits.horizon:
        last = min(last, horizon)
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        if question.allowed is None or any(start <= day <= end for start, end in question.allowed):
            yield day


def choices(location: Location, days: Iterable[date], question: Question) -> Iterator[Choice]:
    """Every configured slot on every day that is neither past nor too near."""
    notice = timedelta(hours=question.terms.notice_hours if question.limits.notice else 0)
    for day in days:
        for slot in (slot for slot in question.terms.slots if slot.holds_on(day)):
            try:
                window = wall.window(day, slot.start, slot.end, location.zone)
            except NoSuchWallTime:
                continue
            soon = window.start < clock.now() + notice if question.limits.notice else window.end < clock.now()
            if not (question.limits.present and soon):
                yield day, slot, window


def ask(
    session: Session, block: Sequence[Visit], choices: Sequence[Choice], days: Sequence[date], question: Question
) -> Offers:
    """What the solver says to the choices, in their order. Raises `NoCoordinates` where nobody knows the place."""
    if not choices:
        snapshot.place_of(block[0])
        return Offers((), (), tuple(days))
    location = block[0].location
    prepared = snapshot.days(session, location, choices[0][0], choices[-1][0], _lens(block, question))
    slots = [_slot(choice, block, question) for choice in choices]
    answer = propose(_job(block), slots, prepared, question.travel, _params(question))
    chosen = dict(zip(slots, choices, strict=True))
    refs = _refs(session, answer.offers, block)
    return Offers(
        tuple(_present(found, chosen[found.slot], location, refs) for found in answer.offers),
        tuple(RefusedSlot(*chosen[no.slot][:2], no.reason, no.over) for no in answer.refused),
        tuple(days),
    )


def _lens(block: Sequence[Visit], question: Question) -> Lens:
    return Lens(
        lock=question.terms.lock,
        travel=question.travel,
        leaving=frozenset(visit.id for visit in block),
        own=question.own,
        holds=question.limits.holds,
        present=question.limits.present,
    )


def _params(question: Question) -> Params:
    return Params(question.terms.max_detour, question.budget, question.explain)


def _job(block: Sequence[Visit]) -> Job:
    """The block as one service: times and loads added, skills united."""
    return Job(
        id=block[0].id,
        place=snapshot.place_of(block[0]),
        duration=60 * sum(visit.duration for visit in block),
        load=sum(visit.load for visit in block),
        skills=frozenset(skill for visit in block for skill in visit.skills),
    )


def _slot(choice: Choice, block: Sequence[Visit], question: Question) -> Slot:
    """The slot; for staff, where it is what the customer agreed to, as much of it as the lock leaves."""
    day, _, window = choice
    zone = block[0].location.zone
    low, high = snapshot.interval(window, day, zone)
    same = [visit for visit in block if visit.window == window and question.limits == STAFF]
    for lock in filter(None, (snapshot.locked(visit, day, zone, question.terms.lock) for visit in same)):
        low, high = max(low, lock[0]), min(high, lock[1])
    return Slot(day, (low, high))


def _refs(session: Session, found: Sequence[Offer], block: Sequence[Visit]) -> Mapping[int, Sequence[str]]:
    """The refs of every job in the offers' orders; holds have none, a block has those of all its visits."""
    ids = {id_ for one in found for id_ in one.order if id_ > 0}
    refs = {id_: (ref,) for id_, ref in session.execute(select(Visit.id, Visit.ref).where(Visit.id.in_(ids)))}
    return {**refs, block[0].id: tuple(visit.ref for visit in block)}


def _present(found: Offer, choice: Choice, location: Location, refs: Mapping[int, Sequence[str]]) -> SlotOffer:
    day, slot, window = choice
    return SlotOffer(
        day=day,
        slot=slot,
        window=window,
        route_id=found.route,
        technician=found.technician,
        start=wall.moment(found.start, day, location.zone),
        detour_m=found.detour,
        order=tuple(ref for id_ in found.order for ref in refs.get(id_, ())),
    )


def decide(session: Session, block: Sequence[Visit], route: Route, chosen: SlotOffer, question: Question) -> Offer:
    """Ask again for this one route and slot, as they stand now. Raises `SlotTaken`."""
    if away.on(session, route):
        raise SlotTaken
    prepared = snapshot.one(session, route, _lens(block, question))
    slot = _slot((chosen.day, chosen.slot, chosen.window), block, question)
    answer = propose(_job(block), [slot], [prepared], question.travel, _params(question))
    if not answer.offers:
        raise SlotTaken
    return answer.offers[0]
