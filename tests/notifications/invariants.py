"""The invariants of delivery.md, checked over the database and what the provider accepted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import retry
from notifications.models import Message, MessageState
from notifications.outbox import LEASE
from scheduling import clock

IN_HAND = {MessageState.CLAIMED, MessageState.SENDING}
TAKEN = {MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.UNKNOWN}


@dataclass(frozen=True)
class Accepted:
    """A line of the provider's ledger."""

    message_id: int
    at: datetime


def check(session: Session, ledger: Sequence[Accepted]) -> None:
    """I1, I2, I3 and I11; the others are about single messages and have tests of their own."""
    rows = {row.id: row for row in session.scalars(select(Message))}
    keys = Counter(rows[line.message_id].dedupe_key for line in ledger)
    assert all(count == 1 for count in keys.values()), f"I1: {keys}"
    for line in ledger:
        row = rows[line.message_id]
        assert row.started_at is not None, f"I2: {row.id}"
        assert row.started_at <= line.at, f"I2: {row.id}"
        assert row.state in TAKEN | IN_HAND, f"I3: {row.id} was accepted and is {row.state}"
    for row in rows.values():
        assert row.state not in IN_HAND or (row.lease_until and row.lease_until + LEASE > clock.now()), f"I3: {row.id}"
        assert len({attempt.id for attempt in row.attempts}) <= retry.MOST_TRIES, f"I11: {row.id}"
