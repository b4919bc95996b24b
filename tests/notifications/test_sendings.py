"""Notifying customers: honest counts before, links and promises with the messages, progress and stop after."""

import time
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.event import listen

from notifications import invite, opt_out, seeding, sendings
from notifications.audience import Audience
from notifications.errors import DaysRefused, NobodyToNotify
from notifications.models import ChannelName, Invitation, MessageState, Sending
from notifications.reasons import Reason
from scheduling.models import Confirmation, Visit, VisitStatus
from scheduling.terms import LinkTerms
from tests.factories import make_customer, make_location, make_route, make_technician, make_visit
from tests.notifications.conftest import World


def count(world: World, *names: str, both: bool = False) -> Audience:
    with world.transaction() as session:
        chosen = [world.template(session, name) for name in names or (seeding.CONFIRM_SMS, seeding.CONFIRM_EMAIL)]
        return sendings.prepare(session, world.visit_ids, chosen, terms=world.terms, context=world.context, both=both)


def test_a_sending_makes_link_promise_and_message_at_once(world: World) -> None:
    sending_id = world.notify()
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        invitation = session.get_one(Invitation, 1)
        assert visit.confirmation is Confirmation.NOTIFIED
        assert visit.window is not None
        assert invitation.sending_id == sending_id
        assert 0 <= invitation.key < 2**40
        assert invitation.expires_at == world.clock.at + timedelta(days=14)
        assert (invitation.items[0].generation, invitation.items[0].window_start) == (
            visit.generation,
            visit.window.start,
        )
    (message,) = world.messages()
    assert (message.state, message.channel, message.invitation_id) == (MessageState.READY, ChannelName.SMS, 1)


def test_the_same_form_sends_once(world: World) -> None:
    assert world.notify(key="one") == world.notify(key="one")
    assert len(world.messages()) == 1


def test_a_changed_validity_never_changes_links_already_sent(world: World) -> None:
    world.notify(key="one")
    world.terms = LinkTerms(validity_days=1)
    world.notify(key="two")
    with world.transaction() as session:
        ends = [session.get_one(Invitation, number).expires_at - world.clock.at for number in (1, 2)]
    assert ends == [timedelta(days=14), timedelta(days=1)]


def test_one_link_covers_all_visits_of_a_customer(world: World) -> None:
    with world.transaction() as session:
        visit = session.get_one(Visit, world.visit_ids[0])
        second = make_visit(session, visit.location, customer=visit.customer)
        make_route(session, make_technician(session, visit.location), stops=[second])
        world.visit_ids.append(second.id)
    world.notify()
    with world.transaction() as session:
        assert [item.visit_id for item in session.get_one(Invitation, 1).items] == world.visit_ids
    assert len(world.messages()) == 1


@pytest.mark.parametrize(
    ("customer", "reasons"),
    [
        ({"phone": None, "email": None}, ["no_number", "no_email"]),
        ({"phone": "0202 555 01", "email": "nobody"}, ["bad_number", "bad_email"]),
        ({"phone": "+19005550100", "email": None}, ["premium_number", "no_email"]),
        ({"consent": ()}, ["no_consent", "no_consent"]),
    ],
)
def test_who_cannot_be_reached_is_listed_with_the_reason(
    world: World, customer: dict[str, object], reasons: Sequence[str]
) -> None:
    world.add_customer(**customer)
    row = count(world).rows[-1]
    assert (row.reachable, list(row.obstacles.values())) == (False, reasons)
    assert count(world).unreachable == {reasons[0]: 1}
    world.notify(seeding.CONFIRM_SMS, seeding.CONFIRM_EMAIL)
    rows = world.messages(customer_id=row.customer.id)
    assert [(message.state, message.reason) for message in rows] == [(MessageState.SKIPPED, text) for text in reasons]
    with world.transaction() as session:
        assert session.get_one(Visit, world.visit_ids[1]).confirmation is Confirmation.NONE


def test_sms_first_else_email_or_both(world: World) -> None:
    world.add_customer(phone=None)
    assert [row.channels for row in count(world).rows] == [(ChannelName.SMS,), (ChannelName.EMAIL,)]
    assert [len(row.channels) for row in count(world, both=True).rows] == [2, 1]


def test_who_said_stop_is_counted(world: World) -> None:
    with world.transaction() as session:
        number = session.get_one(Visit, world.visit_ids[0]).customer.phone or ""
        opt_out.add(session, ChannelName.SMS, number)
        opt_out.add(session, ChannelName.SMS, number)
    assert count(world, seeding.CONFIRM_SMS).unreachable == {Reason.OPTED_OUT: 1}
    with pytest.raises(NobodyToNotify):
        world.notify()
    with world.transaction() as session:
        opt_out.remove(session, ChannelName.SMS, number)
    assert count(world, seeding.CONFIRM_SMS).unreachable == {}


def test_the_preset_leaves_out_who_was_told_already(world: World) -> None:
    world.notify()
    world.add_customer()
    people = count(world)
    assert [row.preset for row in people.rows] == [False, True]
    assert [row.notified_at for row in people.rows] == [world.clock.at, None]
    assert len(people.preset.reachable) == 1


def test_segments_and_cost_before_sending(world: World) -> None:
    with world.transaction() as session:
        template = world.template(session, seeding.CONFIRM_SMS)
        template.texts[0].body = template.texts[1].body = template.texts[2].body = "ê" * 100
    people = count(world)
    assert (people.segments, people.cost) == (2, 0.4)


def test_a_text_that_is_too_long_is_counted_out(world: World) -> None:
    with world.transaction() as session:
        for text in world.template(session, seeding.CONFIRM_SMS).texts:
            text.body = "a" * 460 + "{{ link }}"
    assert count(world, seeding.CONFIRM_SMS).unreachable == {Reason.TOO_LONG: 1}


def test_a_visit_that_is_not_planned_is_not_told(world: World) -> None:
    with world.transaction() as session:
        session.get_one(Visit, world.visit_ids[0]).status = VisitStatus.COMPLETED
    assert count(world).unreachable == {Reason.NOT_PLANNED: 1}


def test_allowed_days_hold_for_this_sending(world: World) -> None:
    days = [(date(2026, 12, 2), date(2026, 12, 4)), (date(2026, 12, 8), date(2026, 12, 8))]
    sending_id = world.notify(allowed_days=days)
    with world.transaction() as session:
        assert invite.read(session.get_one(Invitation, 1).allowed_days) == days
        assert session.get_one(Sending, sending_id).allowed_days == invite.written(days)


@pytest.mark.parametrize(
    ("terms", "days", "why"),
    [
        (LinkTerms(), [], "empty"),
        (LinkTerms(), [(date(2026, 11, 20), date(2026, 11, 29))], "past"),
        (LinkTerms(), [(date(2026, 12, 5), date(2026, 12, 4))], "order"),
        (LinkTerms(choose_days=False), [(date(2026, 12, 5), date(2026, 12, 5))], "off"),
        (LinkTerms(rescheduling=False), [(date(2026, 12, 5), date(2026, 12, 5))], "off"),
    ],
)
def test_allowed_days_that_make_no_sense(world: World, terms: LinkTerms, days: invite.Days, why: str) -> None:
    world.terms = terms
    with pytest.raises(DaysRefused) as refused:
        world.notify(allowed_days=days)
    assert refused.value.why == why
    assert world.messages() == []


def test_a_template_without_a_link_promises_nothing(world: World) -> None:
    with world.transaction() as session:
        for text in world.template(session, seeding.CONFIRM_SMS).texts:
            text.body = "We come {{ visit.window_start|relative_day }}, {{ visit.window }}"
    world.notify()
    with world.transaction() as session:
        assert session.get_one(Visit, world.visit_ids[0]).confirmation is Confirmation.NONE
    assert world.messages()[0].invitation_id is None


def test_progress_and_stop(world: World) -> None:
    world.add_customer()
    world.add_customer(phone=None)
    sending_id = world.notify()
    with world.transaction() as session:
        before = sendings.progress(session, sending_id)
        assert (before.total, before.waiting, before.reasons) == (2, 2, {"no_number": 1})
        assert sendings.stop(session, session.get_one(Sending, sending_id)) == 2
        after = sendings.progress(session, sending_id)
    assert (after.waiting, after.done, after.reasons) == (0, True, {"stopped": 2, "no_number": 1})
    assert {message.state for message in world.messages()} == {MessageState.CANCELLED, MessageState.SKIPPED}


def test_no_query_is_made_for_a_single_customer(world: World, engine: Engine) -> None:
    queries = []
    listen(engine, "before_cursor_execute", lambda *said: queries.append(said[2]))
    count(world)
    alone = len(queries)
    for _ in range(5):
        world.add_customer()
    queries.clear()
    assert len(count(world).rows) == 6
    assert len(queries) == alone


def test_sixty_customers_are_counted_quickly(world: World) -> None:
    with world.transaction() as session:
        location = make_location(session, ref="other")
        visits = [make_visit(session, location, customer=make_customer(session)) for _ in range(60)]
        for start in range(0, 60, 10):
            make_route(session, make_technician(session, location), stops=visits[start : start + 10])
        world.visit_ids.extend(visit.id for visit in visits)
    count(world)
    begun = time.process_time()  # a busy machine takes longer, and that isn't ours
    people = count(world)
    assert time.process_time() - begun < 0.5
    assert len(people.rows) == 61


def test_revoking_keeps_the_promise(world: World) -> None:
    world.notify()
    with world.transaction() as session:
        invite.revoke(session, session.get_one(Invitation, 1))
        assert session.get_one(Visit, world.visit_ids[0]).window is not None
        assert session.get_one(Invitation, 1).revoked_at == world.clock.at
