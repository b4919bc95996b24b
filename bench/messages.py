"""How fast an audience is counted and messages are claimed, beside plain SELECTs of the same rows, on SQLite."""

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session

from bench import imports
from bench.timing import quantile, timed
from notifications import outbox, seeding, sendings
from notifications.channels.console import ConsoleChannel
from notifications.context import Context, Party
from notifications.models import Invitation, Message, MessageState, Template
from scheduling import clock, db
from scheduling.models import Customer, Visit
from scheduling.terms import LinkTerms

CUSTOMERS, MESSAGES, BATCH, RUNS = 60, 2_000, 50, 21
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""The day before the planning begins."""
RECIPIENT = Party("user:1", "Dana", None, None, "dana@example.com")


class Links:
    """Links as long as real ones."""

    def invitation(self, invitation: Invitation) -> str:
        return f"https://portal.example.com/c/{invitation.key:024d}"


def main() -> None:
    """Print a Markdown table."""
    with tempfile.TemporaryDirectory() as folder, clock.replaced(lambda: NOW):
        path = imports.empty(Path(folder, "bench.db"))
        imports.take(json.dumps(imports.planning(CUSTOMERS)).encode(), path)
        engine = db.prepare(create_engine(f"sqlite:///{path}"))
        with db.transaction(engine) as session:
            seeding.seed(session)
            for number in range(MESSAGES):
                outbox.insert_typed(
                    session, RECIPIENT, source="bench", occurrence=str(number), subject="Hello", body="Hello"
                )
        rows = [*_audience(engine), *_claims(engine)]
        engine.dispose()
    print("| messages on SQLite | p50 ms | times the plain SELECT |")
    print("|---|---|---|")
    for name, milliseconds, ratio in rows:
        print(f"| {name} | {milliseconds:.1f} | {ratio:.1f} |")


def _audience(engine: Engine) -> list[tuple[str, float, float]]:
    """Who would be told of 60 visits, by SMS or else by e-mail."""
    with Session(engine) as session:
        ids = session.scalars(select(Visit.id)).all()
        query = select(Template).where(Template.name.in_([seeding.CONFIRM_SMS, seeding.CONFIRM_EMAIL]))
        chosen = session.scalars(query).all()
        context = Context(Links(), {name: ConsoleChannel(name) for name in ("sms", "email")})

        def count() -> None:
            session.expire_all()
            people = sendings.prepare(session, ids, chosen, terms=LinkTerms(), context=context)
            assert len(people.reachable) == CUSTOMERS

        def read() -> None:
            session.execute(select(Visit.__table__, Customer.__table__).join(Customer).where(Visit.id.in_(ids))).all()

        ours, plain = (quantile([timed(work)[0] for _ in range(RUNS)], 0.5) for work in (count, read))
    return [(f"count an audience of {CUSTOMERS}", ours, ours / plain)]


def _claims(engine: Engine) -> list[tuple[str, float, float]]:
    """Claim everything that waits, a batch a transaction."""

    def read() -> None:
        with Session(engine) as session:
            query = select(Message.id, Message.fence).where(Message.state == MessageState.READY)
            session.execute(query.order_by(Message.due_at, Message.id).limit(BATCH)).all()

    def claim() -> None:
        with db.transaction(engine) as session:
            assert len(outbox.claim_due(session, BATCH)) == BATCH

    plain, ours = (quantile([timed(work)[0] for _ in range(MESSAGES // BATCH)], 0.5) for work in (read, claim))
    return [(f"claim {BATCH} of {MESSAGES} messages ({1000 * BATCH / ours:,.0f} a second)", ours, ours / plain)]
