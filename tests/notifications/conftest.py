"""A small world with messages in it: one route, its customers, the built-in texts and rules, recording channels."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import rules, seeding, sendings
from notifications.context import Context, Party
from notifications.models import ChannelName, Message, MessageState, Template
from scheduling import clock, events
from scheduling.db import Transaction
from scheduling.events import Actor
from scheduling.models import Visit
from scheduling.terms import LinkTerms
from tests.conftest import SetClock
from tests.factories import make_customer, make_location, make_route, make_technician, make_visit
from tests.fakes import ConstantLinks, RecordingChannel

DISPATCHER = Party("user:1", "Dana", None, None, "dana@example.com")
ADMINISTRATOR = Party("user:2", "Ada", None, None, "ada@example.com")
DANA = Actor.staff(1)


@dataclass
class World:
    """Everything a test of messages touches."""

    transaction: Transaction
    clock: SetClock
    sms: RecordingChannel = field(default_factory=lambda: RecordingChannel(traceable=True))
    email: RecordingChannel = field(default_factory=RecordingChannel)
    terms: LinkTerms = field(default_factory=LinkTerms)
    visit_ids: list[int] = field(default_factory=list)

    @property
    def context(self) -> Context:
        """What sending needs."""
        return Context(
            links=ConstantLinks(),
            channels={"sms": self.sms, "email": self.email},
            dispatchers=lambda session: [DISPATCHER],
            administrators=lambda session: [ADMINISTRATOR],
            sender="portal@example.com",
            sms_cost=0.2,
        )

    def template(self, session: Session, name: str) -> Template:
        """A template by its name."""
        return session.scalars(select(Template).where(Template.name == name)).one()

    def notify(self, *names: str, key: str = "form", **options: Any) -> int:
        """Notify everybody by the templates (the SMS to confirm if none is named); returns the sending's id."""
        with self.transaction() as session:
            chosen = [self.template(session, name) for name in names or (seeding.CONFIRM_SMS,)]
            options = {"terms": self.terms, "context": self.context, "actor": DANA, **options}
            return sendings.notify(session, self.visit_ids, chosen, key=key, **options).id

    def expand(self) -> int:
        """Stamp and expand what happened."""
        with self.transaction() as session:
            events.stamp(session)
        return rules.expand(self.transaction, self.context)

    def messages(self, **where: Any) -> list[Message]:
        """Rows of the outbox, oldest first."""
        with self.transaction() as session:
            return list(session.scalars(select(Message).filter_by(**where).order_by(Message.id)))

    def add_customer(self, **values: Any) -> int:
        """One more visit on the route, of a customer like this; returns the visit's id."""
        with self.transaction() as session:
            route = session.get_one(Visit, self.visit_ids[0]).stop
            assert route is not None
            customer = make_customer(session, **values)
            visit = make_visit(session, route.route.location, customer=customer)
            make_route(session, make_technician(session, route.route.location), stops=[visit])
            self.visit_ids.append(visit.id)
            return visit.id


@pytest.fixture
def world(transaction: Transaction, now: SetClock) -> World:
    """One visit of one customer, planned for Tuesday morning, with nothing promised yet."""
    world = World(transaction, now)
    with transaction() as session:
        seeding.seed(session)
        location = make_location(session)
        technician = make_technician(session, location, email="tom@example.com", phone="+12025550177")
        visit = make_visit(session, location, customer=make_customer(session, name="Ana Example"))
        make_route(session, technician, stops=[visit])
        world.visit_ids.append(visit.id)
    return world


def queue(
    transaction: Transaction, count: int, channel: ChannelName = ChannelName.EMAIL, key: str = "test"
) -> list[int]:
    """Typed messages to as many people, ready to go."""
    with transaction() as session:
        rows = [
            Message(
                dedupe_key=f"{key}|{n}",
                channel=channel,
                state=MessageState.READY,
                party=f"user:{n}",
                recipient=f"p{n}@example.com" if channel is ChannelName.EMAIL else f"+1202555{n:04}",
                locale="en",
                subject="Subject",
                body=f"Text {n}",
                created_at=clock.now(),
                due_at=clock.now(),
            )
            for n in range(count)
        ]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]
