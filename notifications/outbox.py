"""The outbox: rows are put in once, claimed under a lease, settled under a fence, and swept when a worker died."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, or_, select, update
from sqlalchemy.orm import Session

from notifications import upsert
from notifications.context import Party
from notifications.errors import IllegalMessageMove
from notifications.models import MESSAGE_MOVES, ChannelName, Message, MessageState
from notifications.reasons import Reason
from scheduling import clock

LEASE = timedelta(seconds=60)
"""How long a worker may take; the time-outs of every channel stay below it."""
GIVE_UP = timedelta(hours=24)
"""After this nobody will find out any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that is ours until the lease ends, as long as nobody raised the fence."""

    message_id: int
    fence: int


def dedupe_key(*, source: str, action: str, subject: str, recipient: str, channel: ChannelName, occurrence: str) -> str:
    """What "once" means; see delivery.md. A typed address is long enough to need the room of 300 characters."""
    return "|".join((source, action, subject, recipient, channel, occurrence))


def insert(session: Session, *, key: str, state: MessageState = MessageState.READY, **values: Any) -> int | None:
    """Put a message in; returns its id, None where one with this key is there already."""
    now = clock.now()
    row = {
        "dedupe_key": key,
        "state": state,
        "created_at": now,
        "due_at": now,
        "fence": 0,
        "tries": 0,
        "polls": 0,
        "settled_at": None if MESSAGE_MOVES[state] else now,
        **values,
    }
    statement = upsert.insert_or_ignore(session, Message, row).returning(Message.id)
    return session.scalar(statement)


def insert_typed(
    session: Session, party: Party, *, source: str, occurrence: str, subject: str, body: str
) -> int | None:
    """Put in an e-mail to a member of staff that no template is needed for."""
    key = dedupe_key(
        source=source, action="tell", subject="-", recipient=party.key, channel=ChannelName.EMAIL, occurrence=occurrence
    )
    return insert(
        session,
        key=key,
        channel=ChannelName.EMAIL,
        party=party.key,
        recipient=party.address(ChannelName.EMAIL),
        locale=party.locale or "en",
        subject=subject,
        body=body,
    )


def claim(session: Session, message_id: int) -> Claim | None:
    """Take a message that is due, for the length of a lease; None where somebody else has it or it isn't due."""
    claims = _claim(session, 1, Message.id == message_id)
    return claims[0] if claims else None


def claim_due(session: Session, limit: int) -> Sequence[Claim]:
    """Take up to `limit` messages that are due, skipping those that others are taking at this moment."""
    return _claim(session, limit)


def _claim(session: Session, limit: int, *conditions: Any) -> Sequence[Claim]:
    """SKIP LOCKED is said on PostgreSQL only: SQLite has one writer at a time."""
    now = clock.of(session)
    due = (
        select(Message.id)
        .where(Message.state == MessageState.READY, Message.due_at <= now, *conditions)
        .order_by(Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    chosen = session.scalars(due).all()
    if not chosen:
        return ()
    statement = (
        update(Message)
        .where(Message.id.in_(chosen), Message.state == MessageState.READY)
        .values(state=MessageState.CLAIMED, fence=Message.fence + 1, lease_until=now + LEASE)
        .returning(Message.id, Message.fence)
        .execution_options(synchronize_session=False)
    )
    return [Claim(message_id, fence) for message_id, fence in session.execute(statement)]


def move(session: Session, message: Message, to: MessageState, **changes: Any) -> None:
    """Move a row that this transaction has read. Raises `IllegalMessageMove`."""
    if to not in MESSAGE_MOVES[message.state]:
        raise IllegalMessageMove(message.id, message.state, to)
    if not _moved(session, _guarded(to, changes).where(Message.id == message.id, Message.state == message.state)):
        raise IllegalMessageMove(message.id, "another by now", to)
    session.refresh(message)


def move_claimed(session: Session, claim: Claim, to: MessageState, **changes: Any) -> bool:
    """Move a row under the fence; False where a worker that overslept has lost it, or its state has climbed beyond."""
    ours = (Message.id == claim.message_id, Message.fence == claim.fence)
    return _moved(session, _guarded(to, changes).where(*ours)) == 1


def move_all(session: Session, to: MessageState, *conditions: Any, **changes: Any) -> int:
    """Move every row that meets the conditions and from whose state the move is legal; returns how many."""
    return _moved(session, _guarded(to, changes).where(*conditions))


def origins(to: MessageState) -> frozenset[MessageState]:
    """The states from which a move is legal."""
    return frozenset(state for state, targets in MESSAGE_MOVES.items() if to in targets)


def _guarded(to: MessageState, changes: dict[str, Any]) -> Update:
    return update(Message).where(Message.state.in_(origins(to))).values(**_values(to, changes))


def _moved(session: Session, statement: Update) -> int:
    returning = statement.returning(Message.id).execution_options(synchronize_session=False)
    return len(session.scalars(returning).all())


def _values(to: MessageState, changes: dict[str, Any]) -> dict[str, Any]:
    """A state that nothing follows, or that may be the last, is settled now."""
    done = to in {MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED} or not MESSAGE_MOVES[to]
    return {"state": to, "settled_at": clock.now() if done else None, **changes}


def sweep(session: Session) -> None:
    """What dead workers left: a claim goes back, a call without an answer becomes unknown, never ready."""
    now = clock.of(session)
    expired = Message.lease_until <= now
    move_all(session, MessageState.READY, Message.state == MessageState.CLAIMED, expired, lease_until=None)
    move_all(
        session,
        MessageState.UNKNOWN,
        Message.state == MessageState.SENDING,
        expired,
        reason=Reason.NO_ANSWER,
        lease_until=None,
    )
    move_all(session, MessageState.READY, Message.state == MessageState.SCHEDULED, Message.due_at <= now)
    _give_up(session, now)


def _give_up(session: Session, now: datetime) -> None:
    lost = (
        Message.state == MessageState.UNKNOWN,
        Message.settled_at.is_(None),
        or_(Message.started_at <= now - GIVE_UP, Message.started_at.is_(None)),
    )
    values = {"settled_at": now, "reason": Reason.NEVER_KNOWN}
    session.execute(update(Message).where(*lost).values(**values).execution_options(synchronize_session=False))
