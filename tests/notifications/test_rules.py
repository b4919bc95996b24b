"""What the built-in rules make of events."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from notifications import rules, seeding
from notifications.context import Party
from notifications.models import Invitation, Message, MessageState, Rule, Template
from portal.engine.work import Work
from scheduling import events, visits
from scheduling.events import (
    Actor,
    VisitPlannedTimeChanged,
    VisitRescheduled,
    VisitWishExpressed,
)
from scheduling.models import Confirmation, Event, Route, Task, TaskKind, Visit
from scheduling.wall import Window
from tests.factories import make_route, make_technician
from tests.notifications.conftest import DANA, DISPATCHER, World

ANA = Actor.customer(1)


def told(world: World) -> list[tuple[str, str, str]]:
    """Who was told by which channel and template, of what was made so far."""
    with world.transaction() as session:
        query = select(Message.party, Message.channel, Template.name).join(Template).order_by(Message.id)
        return [(party, str(channel), name) for party, channel, name in session.execute(query)]


def move(world: World, actor: Actor, *, hours: int = 2, undo: bool = False) -> None:
    """The visit goes to a later window in another technician's route, and the event says so."""
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        assert visit.stop
        old, old_route = visit.window, visit.stop.route
        start = (old.start if old else visit.stop.planned_start) + timedelta(hours=hours)
        visit.window = Window(start, start + timedelta(hours=2))
        visits.renew(visit)
        route = _next_route(session, old_route)
        visit.stop.route_id = route.id
        if actor is ANA:
            visit.confirmation = Confirmation.RESCHEDULED
            fact = VisitRescheduled(visit.id, old, visit.window, old_route.id, route.id, 100, undo, visit.generation)
            events.record(session, fact, actor=actor)
        else:
            changed = VisitPlannedTimeChanged(visit.id, old, visit.window, old_route.id, route.id, visit.generation)
            events.record(session, changed, actor=actor)


def _next_route(session: Session, route: Route) -> Route:
    technician = make_technician(session, route.location, name="Tim New", phone="+12025550166")
    return make_route(session, technician)


def test_a_confirmation_is_told_to_dispatchers_and_the_technician(world: World) -> None:
    world.notify()
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visits.confirm(session, visit, seen=visit.generation, actor=ANA)
    assert world.expand() == 1
    assert told(world)[1:] == [
        ("user:1", "email", seeding.CONFIRMED_EMAIL),
        ("technician:1", "email", seeding.CONFIRMED_EMAIL),
    ]


def test_a_reschedule_is_told_to_everybody_concerned(world: World) -> None:
    world.notify()
    move(world, ANA)
    world.expand()
    assert sorted(told(world)[1:]) == [
        ("customer:1", "email", seeding.NEW_EMAIL),
        ("customer:1", "sms", seeding.NEW_SMS),
        ("technician:1", "email", seeding.MOVED_EMAIL),
        ("technician:2", "sms", seeding.MOVED_SMS),  # he has no e-mail address
        ("user:1", "email", seeding.MOVED_EMAIL),
    ]
    Work(world.transaction, world.context).drain()
    (sms,) = [taken for taken in world.sms.taken if taken.recipient != "+12025550166"]
    assert "your new appointment is Tuesday, December 1, 10:00-12:00" in sms.body
    (mail,) = [taken for taken in world.email.taken if taken.recipient == "dana@example.com"]
    assert "Before: Tuesday, December 1, 8:00-10:00, Tom Sample" in mail.body
    assert "Now: Tuesday, December 1, 10:00-12:00, Tim New" in mail.body


def test_both_messages_of_a_reschedule_carry_one_fresh_link(world: World) -> None:
    world.notify(allowed_days=[(world.clock.at.date(), world.clock.at.date() + timedelta(days=9))])
    move(world, ANA)
    world.expand()
    links = {message.invitation_id for message in world.messages() if message.rule_id and message.customer_id}
    with world.transaction() as session:
        first, second = session.scalars(select(Invitation).order_by(Invitation.id))
        assert links == {second.id}
        assert second.allowed_days == first.allowed_days
        assert session.get_one(Visit, world.visit_ids[0]).confirmation is Confirmation.RESCHEDULED


def test_of_two_changes_only_the_last_is_told(world: World) -> None:
    world.notify()
    move(world, ANA)
    move(world, ANA)
    world.expand()
    states = [(m.state, m.reason) for m in world.messages() if m.customer_id and m.rule_id]
    assert states == [(MessageState.SKIPPED, "superseded")] * 2 + [(MessageState.READY, None)] * 2


def test_to_move_there_and_back_and_there_again_is_told_once(world: World) -> None:
    world.notify()
    for hours in (2, -2, 2):
        move(world, DANA, hours=hours)
    world.expand()
    states = [(m.state, m.reason) for m in world.messages() if m.customer_id and m.rule_id]
    assert states == [(MessageState.SKIPPED, "superseded")] * 4 + [(MessageState.READY, None)] * 2


def test_our_own_change_is_told_to_a_customer_who_knew_of_the_old_one(world: World) -> None:
    move(world, DANA)
    world.expand()
    assert [message for message in world.messages() if message.customer_id] == []
    world.notify()
    move(world, DANA)
    world.expand()
    customers = [row[1:] for row in told(world) if row[0].startswith("customer")]
    assert customers[1:] == [("sms", seeding.NEW_SMS), ("email", seeding.NEW_EMAIL)]
    with world.transaction() as session:
        assert session.get_one(Visit, world.visit_ids[0]).confirmation is Confirmation.NOTIFIED


def test_a_wish_reaches_the_dispatchers(world: World) -> None:
    with world.transaction() as session:
        task = Task(kind=TaskKind.CALL_BACK, customer_id=1, visit_id=1, comment="Any Friday", created_at=world.clock.at)
        session.add(task)
        session.flush()
        fact = VisitWishExpressed(visit_id=world.visit_ids[0], task_id=task.id, task=task.kind)
        events.record(session, fact, actor=ANA)
    world.expand()
    Work(world.transaction, world.context).drain()
    (mail,) = world.email.taken
    assert mail.recipient == DISPATCHER.email
    assert "call back" in mail.subject
    assert "Comment: Any Friday" in mail.body


@pytest.mark.parametrize("actor", [Actor.document(), Actor.system("command line")])
def test_imports_and_commands_tell_nobody(world: World, actor: Actor) -> None:
    world.notify()
    move(world, actor)
    assert world.expand() == 0
    assert len(world.messages()) == 1


def test_who_did_it_is_not_told(world: World) -> None:
    world.notify()
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visits.confirm(session, visit, seen=visit.generation, actor=DANA)
    world.expand()
    assert [row[0] for row in told(world)[1:]] == ["technician:1"]


def test_two_parties_with_one_address_count_once(world: World) -> None:
    world.notify()
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        visits.confirm(session, visit, seen=visit.generation, actor=ANA)
        events.stamp(session)
    twin = Party("user:9", "Dana at home", email=DISPATCHER.email)
    rules.expand(world.transaction, replace(world.context, dispatchers=lambda session: [DISPATCHER, twin]))
    assert [row[0] for row in told(world)[1:]] == ["user:1", "technician:1"]


def test_a_customer_who_cannot_be_told_is_a_row_with_the_reason(world: World) -> None:
    with world.transaction() as session:
        customer = session.get_one(Visit, world.visit_ids[0]).customer
        customer.phone = customer.email = None
    move(world, ANA)
    world.expand()
    rows = [(m.state, m.reason) for m in world.messages() if m.customer_id]
    assert rows == [(MessageState.SKIPPED, "no_number"), (MessageState.SKIPPED, "no_email")]


def _off(session: Session) -> None:
    session.execute(update(Rule).values(enabled=False))


def _younger(session: Session) -> None:
    rule = session.scalars(select(Rule).where(Rule.key == "rescheduled")).one()
    rule.active_from += timedelta(seconds=1)


@pytest.mark.parametrize("change", [_off, _younger])
def test_a_rule_that_is_off_or_younger_than_the_event_sends_nothing(
    world: World, change: Callable[[Session], None]
) -> None:
    move(world, ANA)
    with world.transaction() as session:
        change(session)
    world.expand()
    assert world.messages() == []


def test_a_rule_switched_off_meanwhile_is_seen_in_the_final_check(world: World) -> None:
    move(world, ANA)
    world.expand()
    with world.transaction() as session:
        _off(session)
    Work(world.transaction, world.context).drain()
    assert {message.reason for message in world.messages()} == {"rule_off"}


def test_a_broken_rule_loses_nothing_and_is_set_aside_after_five_tries(world: World) -> None:
    move(world, ANA)

    def broken(session: Session) -> Sequence[Party]:
        raise LookupError("nobody is here")

    context = replace(world.context, dispatchers=broken)
    with world.transaction() as session:
        events.stamp(session)
    for _ in range(6):
        assert rules.expand(world.transaction, context) == 0
    with world.transaction() as session:
        (event,) = rules.set_aside(session)
        assert (event.tries, event.trouble) == (5, "LookupError: nobody is here")
        session.execute(update(Event).values(tries=0))
    assert world.messages() == []
    assert rules.expand(world.transaction, world.context) == 1
    assert world.messages()


def test_an_event_is_expanded_once_whoever_tries(world: World) -> None:
    move(world, ANA)
    world.expand()
    before = len(world.messages())
    with world.transaction() as session:
        session.execute(update(Event).values(expanded_at=None))
    world.expand()
    assert len(world.messages()) == before


def test_seeding_twice_is_seeding_once_and_what_was_deleted_stays_away(world: World) -> None:
    with world.transaction() as session:
        rule = session.scalars(select(Rule).where(Rule.key == "confirmed")).one()
        session.delete(rule)
    with world.transaction() as session:
        seeding.seed(session)
        assert len(session.scalars(select(Template)).all()) == len(seeding.TEMPLATES)
        assert len(session.scalars(select(Rule)).all()) == len(seeding.RULES) - 1


def test_staff_never_get_a_customers_link(world: World) -> None:
    with world.transaction() as session:
        for text in world.template(session, seeding.MOVED_EMAIL).texts:
            text.body = "Link: [{{ link }}]"
    move(world, ANA)
    world.expand()
    Work(world.transaction, world.context).drain()
    staff = [mail.body for mail in world.email.taken if mail.body.startswith("Link:")]
    assert staff == ["Link: []"] * 2
