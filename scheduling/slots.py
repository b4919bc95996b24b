"""The slots a customer may choose: those a technician can really serve; kept while he looks, and taken at last."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import groupby

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduling import asking, clock, events, routes, visits, wall
from scheduling.choices import CUSTOMER, Offers, Question, SlotOffer
from scheduling.errors import NotOpen, SlotTaken, StaleVisit, StaleWrite
from scheduling.events import (
    Actor,
    Fact,
    VisitPlanned,
    VisitPlannedTimeChanged,
    VisitRescheduled,
    VisitTechnicianChanged,
)
from scheduling.models import Confirmation, Event, Hold, Origin, Route, Visit, VisitStatus
from scheduling.solver import Offer
from scheduling.terms import SlotTime
from scheduling.wall import Window

OUTSIDE = frozenset({VisitStatus.DRAFT, VisitStatus.UNPLANNED})


def blocks(invited: Iterable[Visit]) -> list[list[Visit]]:
    """Visits of one invitation at one site in one route move together; all others one by one."""

    def together(visit: Visit) -> tuple[int, int]:
        return visit.site_id, visit.stop.route_id if visit.stop else -visit.id

    return [list(block) for _, block in groupby(sorted(invited, key=together), key=together)]


def may_reschedule(visit: Visit, question: Question) -> None:
    """Raises `NotOpen` where the one who asks can't move the visit: off, status, cut_off, count."""
    customer, terms = question.limits == CUSTOMER, question.terms
    if customer and not terms.rescheduling:
        raise NotOpen(visit.ref, "off")
    plannable = visit.choosing if customer else visit.status in OUTSIDE
    if visit.status is not VisitStatus.PLANNED and not plannable:
        raise NotOpen(visit.ref, "status")
    if question.limits.cut_off:
        visits.before_cut_off(visit, terms)
    if question.limits.count and not visit.choosing and visit.reschedules >= terms.max_reschedules:
        raise NotOpen(visit.ref, "count")


def offer(session: Session, block: Sequence[Visit], question: Question) -> Offers:
    """The slots that some route can serve with the least detour, and why each of the others is refused.

    Raises `NoCoordinates` where nobody knows the place.
    """
    days = tuple(asking.days(block[0].location, question))
    return asking.ask(session, block, list(asking.choices(block[0].location, days, question)), days, question)


def seek(session: Session, block: Sequence[Visit], window: Window, question: Question) -> SlotOffer:
    """The offer of one slot, to be held or accepted. Raises `SlotTaken` where it isn't to be had (any more)."""
    location = block[0].location
    days = [day for day in asking.days(location, question) if day == wall.day_of(window.start, location.zone)]
    choices = [choice for choice in asking.choices(location, days, question) if choice[2] == window]
    return _only(asking.ask(session, block, choices, days, question))


def seek_back(session: Session, block: Sequence[Visit], question: Question) -> SlotOffer:
    """The way back to the window before the last move. Raises `SlotTaken`, and `NotOpen` where nothing was moved."""
    zone = block[0].location.zone
    window = moved_from(session, block[0])
    if window is None:
        raise NotOpen(block[0].ref, "status")
    visits.before_cut_off(block[0], question.terms)
    day = wall.day_of(window.start, zone)
    start, end = (at.astimezone(zone).time() for at in (window.start, window.end))
    choices = [(day, SlotTime(start=start, end=end), window)] if window.end > clock.now() else []
    return _only(asking.ask(session, block, choices, [day], question))


def moved_from(session: Session, visit: Visit) -> Window | None:
    """The window that the customer's present one took the place of, if a move can be undone."""
    last = _last_move(session, visit) if visit.confirmation is Confirmation.RESCHEDULED else None
    return events.window_of(last.payload, "old_window") if last and not last.payload["undo"] else None


def _last_move(session: Session, visit: Visit) -> Event | None:
    query = select(Event).where(Event.visit_id == visit.id, Event.kind == VisitRescheduled.kind)
    return session.scalars(query.order_by(Event.id.desc()).limit(1)).first()


def _only(answer: Offers) -> SlotOffer:
    if not answer.offers:
        raise SlotTaken
    return answer.offers[0]


def hold(session: Session, block: Sequence[Visit], chosen: SlotOffer, question: Question) -> Hold:
    """Keep the slot for the customer `question.own` while he reviews. Raises `SlotTaken` where it is gone."""
    session.refresh(block[0], with_for_update=True)  # a visit has one hold, whichever tab comes first
    route = routes.lock(session, [chosen.route_id])[chosen.route_id]
    decided = asking.decide(session, block, route, chosen, question)
    release(session, block)
    kept = Hold(
        visit_id=block[0].id,
        route_id=route.id,
        slot_start=chosen.window.start,
        slot_end=chosen.window.end,
        position=decided.order.index(block[0].id),
        duration=sum(visit.duration for visit in block),
        load=sum(visit.load for visit in block),
        expires_at=clock.now() + timedelta(minutes=question.terms.hold_minutes),
        key=question.own,
    )
    session.add(kept)
    session.flush()
    return kept


def release(session: Session, block: Sequence[Visit]) -> None:
    """Let go of what is held for the block."""
    session.execute(delete(Hold).where(Hold.visit_id.in_([visit.id for visit in block])))


def accept(
    session: Session,
    block: Sequence[Visit],
    chosen: SlotOffer,
    question: Question,
    *,
    seen: Mapping[int, int],
    actor: Actor,
    becomes: Confirmation = Confirmation.RESCHEDULED,
) -> None:
    """Move the block to the slot: visits, routes and events together, after asking again for this route alone.

    `seen` maps visit ids to the generations shown. `becomes`: rescheduled where the customer chose, notified where he
    undoes a move, none where somebody else decides for him. To accept the same slot twice is to accept it once, and
    another technician in the same window is the same promise. Raises `SlotTaken`, `StaleVisit`, `StaleWrite`,
    `NotOpen`; then the old appointment stands.
    """
    held = _fresh(session, block, chosen)
    if all(_is_there(visit, chosen, seen[visit.id]) for visit in block):
        return
    undo = becomes is Confirmation.NOTIFIED
    for visit in block:
        _as_seen(visit, held, seen[visit.id])
        if not undo:
            may_reschedule(visit, question)
        elif visit.status is not VisitStatus.PLANNED:
            raise NotOpen(visit.ref, "status")
    decided = asking.decide(session, block, held[chosen.route_id], chosen, question)
    before = [(visit.window, visit.stop.route if visit.stop else None) for visit in block]
    for visit in block:
        _promise(
            visit,
            chosen,
            -_was_counted(session, visit) if undo else int(question.limits.count and visit.stop is not None),
        )
    _transfer(session, block, held[chosen.route_id], decided, question, actor)
    for visit, (window, route) in zip(block, before, strict=True):
        _agree(session, visit, visit.confirmation if route and visit.window == window else becomes)
        events.record(session, _fact(visit, window, route, decided), actor=actor)
    release(session, block)


def _fresh(session: Session, block: Sequence[Visit], chosen: SlotOffer) -> dict[int, Route]:
    """The routes concerned, locked and read again with the visits."""
    held = routes.lock(session, {chosen.route_id, *(visit.stop.route_id for visit in block if visit.stop)})
    for visit in block:
        session.refresh(visit)
    return held


def _is_there(visit: Visit, chosen: SlotOffer, seen: int) -> bool:
    """Whether the visit has the slot already: by an earlier click on the same form, or since before it was shown."""
    moved = visit.generation == seen + 1
    stays = visit.generation == seen and visit.stop is not None and visit.stop.route_id == chosen.route_id
    return visit.window == chosen.window and (moved or stays)


def _as_seen(visit: Visit, held: Mapping[int, Route], seen: int) -> None:
    if visit.generation != seen:
        raise StaleVisit(visit.ref, seen, visit.generation)
    if visit.stop and visit.stop.route_id not in held:
        raise StaleWrite


def _agree(session: Session, visit: Visit, confirmation: Confirmation) -> None:
    visit.confirmation = confirmation
    if visit.agreed:
        visits.agree(visit)
    session.flush()


def _was_counted(session: Session, visit: Visit) -> int:
    """1 where the move that is undone counted against the customer's maximum: he made it himself."""
    last = _last_move(session, visit)
    return int(last is not None and last.origin is Origin.CUSTOMER)


def _promise(visit: Visit, chosen: SlotOffer, counted: int) -> None:
    """Another window is another promise."""
    visit.status = VisitStatus.PLANNED
    if visit.window != chosen.window:
        visits.renew(visit)
        visit.window = chosen.window
        visit.reschedules = max(0, visit.reschedules + counted)


def _transfer(
    session: Session, block: Sequence[Visit], route: Route, decided: Offer, question: Question, actor: Actor
) -> None:
    """Take the block out of its old routes and write the new one, if it keeps every promise."""
    moved = {visit.id for visit in block}
    for old in {visit.stop.route_id: visit.stop.route for visit in block if visit.stop}.values():
        if old.id != route.id:
            rest = [stop.visit for stop in old.stops if stop.visit_id not in moved]
            routes.write(session, old, rest, travel=question.travel, actor=actor)
    stops = {stop.visit_id: [stop.visit] for stop in route.stops} | {block[0].id: list(block)}
    order = [visit for id_ in decided.order for visit in stops.get(id_, ())]
    routes.write(session, route, order, travel=question.travel, actor=actor)
    if visits.violations(session, route, question.travel):
        raise SlotTaken


def _fact(visit: Visit, old_window: Window | None, old_route: Route | None, decided: Offer) -> Fact:
    if old_route is None and not visit.agreed:
        return VisitPlanned(visit.id, decided.route, visit.window, visit.generation)
    if old_route and visit.window == old_window:
        return VisitTechnicianChanged(visit.id, old_route.technician.ref, decided.technician)
    if old_route and visit.confirmation is Confirmation.NONE:
        return VisitPlannedTimeChanged(
            visit.id, old_window, visit.window, old_route.id, decided.route, visit.generation
        )
    return VisitRescheduled(
        visit_id=visit.id,
        old_window=old_window,
        window=visit.window,
        old_route_id=old_route.id if old_route else None,
        route_id=decided.route,
        detour_m=decided.detour,
        undo=visit.confirmation is Confirmation.NOTIFIED,
        generation=visit.generation,
    )
