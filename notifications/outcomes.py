"""What a sending has come to, customer by customer: what was sent, whether it was looked at, what was answered."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Integer, case, func, select
from sqlalchemy.orm import Session, joinedload

from notifications.models import Invitation, InvitedVisit, Message, MessageState, Sending
from scheduling import lists
from scheduling.models import Confirmation, Customer, Task, Visit, VisitStatus

M = MessageState


class Outcome(StrEnum):
    """How far it has come with one customer, the furthest first."""

    MOVED = "moved"
    CONFIRMED = "confirmed"
    OVER = "over"
    """No visit of his is ahead any more."""
    ASKED = "asked"
    """He wished for something else, and somebody has to see to it."""
    LOOKED = "looked"
    DELIVERED = "delivered"
    SENT = "sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    STOPPED = "stopped"
    UNREACHED = "unreached"


BY_STATE: Mapping[MessageState, Outcome] = {
    M.DELIVERED: Outcome.DELIVERED,
    M.SENT: Outcome.SENT,
    M.SCHEDULED: Outcome.WAITING,
    M.READY: Outcome.WAITING,
    M.CLAIMED: Outcome.WAITING,
    M.SENDING: Outcome.WAITING,
    M.UNKNOWN: Outcome.UNKNOWN,
    M.FAILED: Outcome.FAILED,
    M.UNDELIVERED: Outcome.FAILED,
    M.CANCELLED: Outcome.STOPPED,
    M.SKIPPED: Outcome.UNREACHED,
}
ORDER: Mapping[Outcome, int] = {outcome: place for place, outcome in enumerate(Outcome)}
AHEAD = frozenset({VisitStatus.PLANNED, VisitStatus.UNPLANNED})
"""A customer may be asked about these: to confirm the time, or to choose one."""
ANSWERED = frozenset({Outcome.MOVED, Outcome.CONFIRMED, Outcome.OVER})
"""Nobody reminds these."""


@dataclass(frozen=True, slots=True)
class Line:
    """A customer of the sending."""

    customer: Customer
    visits: tuple[Visit, ...]
    messages: tuple[Message, ...]
    """Those that came furthest first."""
    outcome: Outcome

    @property
    def reason(self) -> str | None:
        """Why nothing reached the customer; None where something did, or may yet."""
        silent = self.outcome in {Outcome.UNKNOWN, Outcome.FAILED, Outcome.STOPPED, Outcome.UNREACHED}
        return self.messages[0].reason if silent else None


def of(session: Session, sending_id: int) -> Sequence[Line]:
    """Everybody of the sending, in the order in which their messages were put in."""
    query = (
        select(Message)
        .where(Message.sending_id == sending_id, Message.customer_id.is_not(None))
        .order_by(Message.id)
        .options(
            joinedload(Message.customer),
            joinedload(Message.visit),
            joinedload(Message.invitation).selectinload(Invitation.items).joinedload(InvitedVisit.visit),
        )
    )
    by_customer: dict[int, list[Message]] = {}
    for message in session.scalars(query).unique():
        by_customer.setdefault(message.customer_id or 0, []).append(message)
    asked = _asked(session, by_customer)
    return [_line(messages, asked) for messages in by_customer.values()]


def _asked(session: Session, customer_ids: Collection[int]) -> frozenset[int]:
    """The visits about which something waits that their customers asked for."""
    query = select(Task.visit_id).where(Task.customer_id.in_(customer_ids), Task.done_at.is_(None))
    return frozenset(id_ for id_ in session.scalars(query) if id_ is not None)


def _line(messages: Sequence[Message], asked: Collection[int]) -> Line:
    furthest = sorted(messages, key=lambda message: ORDER[BY_STATE[message.state]])
    visits = {visit.id: visit for message in messages for visit in _spoken_of(message)}
    customer = messages[0].customer
    if customer is None:
        raise LookupError(f"message {messages[0].id} belongs to no customer")
    return Line(customer, tuple(visits.values()), tuple(furthest), _outcome(visits.values(), furthest, asked))


def _spoken_of(message: Message) -> Sequence[Visit]:
    if message.invitation is not None:
        return [item.visit for item in message.invitation.items]
    return [message.visit] if message.visit else []


def _outcome(visits: Collection[Visit], messages: Sequence[Message], asked: Collection[int]) -> Outcome:
    ahead = [visit for visit in visits if visit.status in AHEAD]
    if visits and not ahead:
        return Outcome.OVER
    if ahead and all(visit.agreed for visit in ahead):
        moved = any(visit.confirmation is Confirmation.RESCHEDULED for visit in ahead)
        return Outcome.MOVED if moved else Outcome.CONFIRMED
    if any(visit.id in asked for visit in ahead):
        return Outcome.ASKED
    if any(message.invitation and message.invitation.looked_at for message in messages):
        return Outcome.LOOKED
    return BY_STATE[messages[0].state]


def unanswered(lines: Sequence[Line]) -> Sequence[Visit]:
    """The visits ahead to which their customers haven't agreed: what a reminder is about."""
    return [
        visit
        for line in lines
        if line.outcome not in ANSWERED
        for visit in line.visits
        if visit.status in AHEAD and not visit.agreed
    ]


@dataclass(frozen=True, slots=True)
class Summary:
    """A sending in numbers of customers."""

    sending: Sending
    customers: int
    sent: int
    """Something was taken by a provider for them."""
    waiting: int
    agreed: int
    """They agreed to what is promised now."""

    @property
    def unreached(self) -> int:
        """Nothing went to them and nothing is on the way."""
        return self.customers - self.sent - self.waiting


def page(session: Session, number: int = 1) -> lists.Page[Summary]:
    """Sendings with their numbers, the newest first."""
    total = session.scalar(select(func.count(Sending.id))) or 0
    number = min(max(1, number), lists.Page((), total, 1).last)
    newest = select(Sending).order_by(Sending.id.desc()).limit(lists.SIZE).offset((number - 1) * lists.SIZE)
    sendings = session.scalars(newest).all()
    ids = [sending.id for sending in sendings]
    counts, agreed = _counts(session, ids), _agreed(session, ids)
    rows = [Summary(each, *counts.get(each.id, (0, 0, 0)), agreed.get(each.id, 0)) for each in sendings]
    return lists.Page(rows, total, number)


def _counts(session: Session, ids: Sequence[int]) -> Mapping[int, tuple[int, int, int]]:
    """Customers, those something was sent to, and those something is only on the way to, by sending."""
    reached = {state for state, outcome in BY_STATE.items() if outcome in {Outcome.DELIVERED, Outcome.SENT}}
    waiting = {state for state, outcome in BY_STATE.items() if outcome is Outcome.WAITING}
    each = (
        select(
            Message.sending_id,
            func.max(Message.state.in_(reached).cast(Integer)).label("sent"),
            func.max(Message.state.in_(waiting).cast(Integer)).label("waiting"),
        )
        .where(Message.sending_id.in_(ids))
        .group_by(Message.sending_id, Message.party)
        .subquery()
    )
    only_waiting = case((each.c.sent == 0, each.c.waiting), else_=0)
    query = select(each.c.sending_id, func.count(), func.sum(each.c.sent), func.sum(only_waiting))
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query.group_by(each.c.sending_id))}


def _agreed(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    """How many customers agreed to every visit of their link that is ahead, by sending."""
    agreed = Visit.confirmation.in_({Confirmation.CONFIRMED, Confirmation.RESCHEDULED})
    each = (
        select(Invitation.sending_id, func.min(agreed.cast(Integer)).label("agreed"))
        .join(InvitedVisit, InvitedVisit.invitation_id == Invitation.id)
        .join(Visit, InvitedVisit.visit_id == Visit.id)
        .where(Invitation.sending_id.in_(ids), Visit.status.in_(AHEAD))
        .group_by(Invitation.sending_id, Invitation.customer_id)
        .subquery()
    )
    query = select(each.c.sending_id, func.sum(each.c.agreed)).group_by(each.c.sending_id)
    return {row[0]: row[1] for row in session.execute(query)}
