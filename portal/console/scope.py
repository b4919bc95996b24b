"""Whose visits the notify dialog is about: those of a day or of several, some chosen ones, or those not answered to."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import invite, outcomes
from notifications.models import Sending
from notifications.outcomes import Outcome
from portal import filters
from portal.console import place
from scheduling import boards
from scheduling.models import Visit, VisitStatus

MOST = 2_000
"""Visits and days that an address may name."""
NAMED = 3
"""Days that a title names one by one."""
LEFT_OUT: Mapping[Outcome, str] = {
    Outcome.CONFIRMED: "confirmed",
    Outcome.MOVED: "moved",
    Outcome.OVER: "no longer planned",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for, with the addresses that go on asking for it."""

    title: str
    place: str
    """The tab of the navigation."""
    back: str
    visit_ids: Sequence[int]
    days: Sequence[date] = ()
    sending: Sending | None = None
    """The one that is reminded of."""
    held: frozenset[int] = frozenset()
    """Customers who are not chosen at first, because they asked for something else."""
    left_out: Sequence[tuple[str, Sequence[str]]] = ()
    """Who isn't reminded: a word, and the names."""

    @property
    def day(self) -> date | None:
        """The day, where it is one."""
        return self.days[0] if len(self.days) == 1 else None

    @property
    def action(self) -> str:
        """Where the dialog is sent to."""
        named: dict[str, Any] = {name: request.args.getlist(name) for name in filters.asked()}
        here = {"location": place.here().location.ref} if self.days else {}
        return url_for("notify.act", **{**named, **here, **(request.view_args or {})})


def read(session: Session, day: str | None) -> Scope:
    """What the address asks for. 404 where there is no such day or sending."""
    if day is not None:
        return _days(session, [place.day(day)])
    if reminded := request.args.get("reminder", type=int):
        return _reminder(session, session.get(Sending, reminded) or abort(404))
    if days := request.args.getlist("day")[:MOST]:
        return _days(session, sorted({place.day(each) for each in days}))
    return _chosen(session, request.args.getlist("visit")[:MOST])


def _days(session: Session, days: Sequence[date]) -> Scope:
    location = place.here().location.id
    ids = [id_ for day in days for id_ in boards.visit_ids(session, location, day)]
    if len(days) == 1:
        back = url_for("route_map.day", day=days[0])
        return Scope(f"Notify customers of {filters.short_day(days[0])}", "Route map", back, ids, days)
    named = ", ".join(map(filters.short_day, days)) if len(days) <= NAMED else f"{len(days)} days"
    title = f"Notify customers of {named}"
    return Scope(title, "Planning", url_for("planning.week", monday=days[0]), ids, days)


def _chosen(session: Session, refs: Collection[str]) -> Scope:
    query = select(Visit.id).where(Visit.ref.in_(refs), Visit.status != VisitStatus.DELETED)
    ids = session.scalars(query).all()
    title = f"Notify customers of {len(ids)} visit{'' if len(ids) == 1 else 's'}" if ids else "Notify customers"
    return Scope(title, "Visits", url_for("visits.index"), ids)


def _reminder(session: Session, sending: Sending) -> Scope:
    lines = outcomes.of(session, sending.id)
    waiting = outcomes.unanswered(lines)
    of = f"customers of {filters.short_day(sending.day)}" if sending.day else "customers"
    return Scope(
        title=f"Remind {of}",
        place="Messages",
        back=url_for("sendings.show", sending_id=sending.id),
        visit_ids=[visit.id for visit in waiting],
        days=[sending.day] if sending.day else [],
        sending=sending,
        held=frozenset(line.customer.id for line in lines if line.outcome is Outcome.ASKED),
        left_out=_left_out(lines),
    )


def _left_out(lines: Sequence[outcomes.Line]) -> Sequence[tuple[str, Sequence[str]]]:
    counts = Counter(line.outcome for line in lines if line.outcome in LEFT_OUT)
    return [
        (f"{count} {LEFT_OUT[outcome]}", [line.customer.name for line in lines if line.outcome is outcome])
        for outcome, count in counts.most_common()
    ]


def periods(sending: Sending, today: date) -> tuple[tuple[str, str], ...]:
    """The allowed days of a sending as they are typed, without those that are past."""
    kept = [pair for pair in invite.read(sending.allowed_days) or () if pair[1] >= today]
    return tuple((max(first, today).isoformat(), last.isoformat()) for first, last in kept)
