"""One message on its way: the final check, the text, errors and retries."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from notifications import invite, opt_out, reconcile, retry, seeding
from notifications.channels.base import ChannelError, Outcome, Report
from notifications.company import SmsLimits
from notifications.models import ChannelName, Invitation, Message, MessageState, Sending, Template
from portal.engine.work import Work
from scheduling import settings, visits
from scheduling.models import Visit, VisitStatus
from scheduling.wall import Window
from tests.notifications.conftest import World, queue

SAFE = ChannelError(Outcome.SAFE, "busy", code="429")
SILENT = ChannelError(Outcome.UNKNOWN, "no_answer")


def send(world: World) -> Message:
    """One tick and all that is due; the newest message."""
    Work(world.transaction, world.context).drain()
    return world.messages()[-1]


def test_the_text_is_filled_in_when_it_goes(world: World) -> None:
    world.notify()
    message = send(world)
    (taken,) = world.sms.taken
    assert message.state is MessageState.SENT
    assert (message.body, message.segments, message.cost) == (taken.body, 1, 0.2)
    assert taken.body.startswith("Your service company: your appointment Tuesday, December 1, 8:00-10:00. Confirm")
    assert taken.valid_for == 30 * 3600  # until 10:00 in Washington the next day


def test_a_mail_carries_html_and_for_a_new_appointment_the_calendar(world: World) -> None:
    world.notify(seeding.NEW_EMAIL)
    send(world)
    (mail,) = world.email.taken
    assert mail.subject == "Your new appointment: Tuesday, December 1"
    assert mail.html
    assert f'href="{world_link(world)}"' in mail.html
    assert mail.calendar
    for line in (b"METHOD:REQUEST", b"SEQUENCE:2", b"DTSTART:20261201T130000Z", b"DTEND:20261201T150000Z"):
        assert line in mail.calendar


def world_link(world: World) -> str:
    with world.transaction() as session:
        return world.context.links.invitation(session.get_one(Invitation, 1))


def test_a_name_cannot_smuggle_a_link_into_an_sms(world: World) -> None:
    with world.transaction() as session:
        session.get_one(Visit, world.visit_ids[0]).customer.name = "Win!\nhttps://evil.com/{{ link }}"
        for text in world.template(session, seeding.CONFIRM_SMS).texts:
            text.body = "Hello {{ customer.name }}"
    world.notify()
    assert send(world).body == "Hello Win! evil. com/{{ link }}"


def _moved(session: Session, visit: Visit) -> None:
    assert visit.window
    visit.window = Window(visit.window.start + timedelta(hours=2), visit.window.end + timedelta(hours=2))
    visits.renew(visit)


def _completed(session: Session, visit: Visit) -> None:
    visit.status = VisitStatus.STARTED


def _consent_gone(session: Session, visit: Visit) -> None:
    for consent in visit.customer.consents:
        consent.granted = False


def _said_stop(session: Session, visit: Visit) -> None:
    opt_out.add(session, ChannelName.SMS, visit.customer.phone or "")


def _number_gone(session: Session, visit: Visit) -> None:
    visit.customer.phone = None


def _revoked(session: Session, visit: Visit) -> None:
    invite.revoke(session, session.get_one(Invitation, 1))


def _template(session: Session) -> Template:
    template = session.get_one(Message, 1).template
    assert template
    return template


def _template_off(session: Session, visit: Visit) -> None:
    _template(session).enabled = False


def _template_broken(session: Session, visit: Visit) -> None:
    for text in _template(session).texts:
        text.body = "{{ gone }}"


def _too_long(session: Session, visit: Visit) -> None:
    for text in _template(session).texts:
        text.body = "a" * 500


def _stopped(session: Session, visit: Visit) -> None:
    sending = session.get_one(Sending, 1)
    sending.stopped_at = sending.created_at


def _too_many(session: Session, visit: Visit) -> None:
    settings.save(session, SmsLimits(per_day=1))
    first = session.get_one(Message, queue(lambda: _Same(session), 1, ChannelName.SMS)[0])
    first.state, first.started_at = MessageState.SENT, first.created_at


class _Same:
    """The transaction that is open already."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def __enter__(self) -> Session:
        return self.session

    def __exit__(self, *_: object) -> None:
        return None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_moved, "superseded"),
        (_completed, "not_planned"),
        (_consent_gone, "no_consent"),
        (_said_stop, "opted_out"),
        (_number_gone, "no_number"),
        (_revoked, "link_gone"),
        (_template_off, "template_off"),
        (_template_broken, "template_broken"),
        (_too_long, "too_long"),
        (_stopped, "stopped"),
        (_too_many, "too_many"),
    ],
)
def test_the_final_check(world: World, change: Callable[[Session, Visit], None], reason: str) -> None:
    world.notify()
    with world.transaction() as session:
        change(session, session.get_one(Visit, world.visit_ids[0]))
    Work(world.transaction, world.context).drain()
    message = world.messages()[0]
    expected = MessageState.CANCELLED if reason == "stopped" else MessageState.SKIPPED
    assert (message.state, message.reason) == (expected, reason)
    assert world.sms.taken == []


def test_too_late_is_said(world: World) -> None:
    world.notify()
    world.clock.advance(hours=31)
    assert send(world).reason == "past"


def test_the_number_on_file_by_now_is_used(world: World) -> None:
    world.notify()
    with world.transaction() as session:
        session.get_one(Visit, world.visit_ids[0]).customer.phone = "+12025550188"
    assert send(world).recipient == "+12025550188"
    assert world.sms.taken[0].recipient == "+12025550188"


def test_five_a_day_for_one_number(world: World) -> None:
    for number in range(6):
        world.notify(key=str(number))
        message = send(world)
    assert (message.state, message.reason) == (MessageState.SKIPPED, "too_many")
    assert len(world.sms.taken) == 5


def test_a_safe_error_is_tried_again_ever_later_and_then_given_up(world: World) -> None:
    (message_id,) = queue(world.transaction, 1)
    world.email.next.extend([SAFE] * 20)
    waits = []
    for _ in range(retry.MOST_TRIES):
        message = send(world)
        waits.append((message.due_at - world.clock.at).total_seconds())
        world.clock.at = max(world.clock.at, message.due_at)
    assert 4 <= waits[0] <= 6
    assert 24 <= waits[1] <= 36
    assert message.id == message_id
    assert (message.state, message.reason, len(message_attempts(world))) == (MessageState.FAILED, "gave_up", 10)


def message_attempts(world: World) -> list[str]:
    with world.transaction() as session:
        return [attempt.outcome for attempt in session.get_one(Message, 1).attempts]


def test_retries_end_before_the_text_is_pointless(world: World) -> None:
    queue(world.transaction, 1)
    with world.transaction() as session:
        session.get_one(Message, 1).not_after = world.clock.at + timedelta(seconds=10)
    world.email.next.extend([SAFE, SAFE])
    first = send(world)
    assert first.state is MessageState.READY
    world.clock.at = first.due_at
    assert send(world).reason == "gave_up"


def test_what_the_provider_asks_to_wait_counts(world: World) -> None:
    queue(world.transaction, 1)
    world.email.next.append(ChannelError(Outcome.SAFE, "busy", retry_after=90))
    assert (send(world).due_at - world.clock.at).total_seconds() == 90


def test_a_permanent_error_fails_at_once_and_an_opt_out_is_kept(world: World) -> None:
    world.notify()
    world.sms.next.append(ChannelError(Outcome.PERMANENT, "opted_out", code="21610"))
    message = send(world)
    assert (message.state, message.reason) == (MessageState.FAILED, "opted_out")
    world.notify(seeding.CONFIRM_SMS, seeding.CONFIRM_EMAIL, key="two")
    assert world.messages()[-1].channel is ChannelName.EMAIL


def test_silence_is_unknown_and_never_sent_again(world: World) -> None:
    world.notify()
    world.sms.next.extend([SILENT])
    assert send(world).state is MessageState.UNKNOWN
    world.clock.advance(hours=2)
    send(world)
    assert world.sms.taken == []


def test_a_fault_of_ours_after_the_bytes_left_is_unknown_too(world: World) -> None:
    world.notify()
    world.sms.next.append(RuntimeError("no such thing"))
    assert send(world).state is MessageState.UNKNOWN


def test_refused_credentials_stop_the_lane_and_tell_once(world: World) -> None:
    world.add_customer()
    world.notify()
    world.sms.next.extend([ChannelError(Outcome.SAFE, "credentials", code="20003", stops_lane=True)] * 2)
    Work(world.transaction, world.context).drain()
    waiting = world.messages(channel=ChannelName.SMS)
    assert [message.state for message in waiting] == [MessageState.READY] * 2
    told = world.messages(channel=ChannelName.EMAIL)
    assert [(mail.recipient, mail.subject) for mail in told] == [("ada@example.com", "Messages by sms are waiting")]
    send(world)
    assert [mail.recipient for mail in world.email.taken] == ["ada@example.com"]


def test_the_listing_settles_what_is_unknown(world: World) -> None:
    world.notify()
    world.sms.next.append(SILENT)
    send(world)
    world.sms.known = [Report("SM1", "delivered")]
    world.clock.advance(minutes=5)
    message = send(world)
    assert (message.state, message.provider_id) == (MessageState.DELIVERED, "SM1")


def test_a_listing_of_somebody_elses_message_settles_nothing(world: World) -> None:
    world.add_customer()
    world.notify()
    world.sms.next.append(SILENT)
    Work(world.transaction, world.context).drain()
    first, second = world.messages()
    world.sms.known = [Report(second.provider_id or "", "delivered")]
    world.clock.advance(minutes=5)
    send(world)
    assert [message.state for message in world.messages()] == [MessageState.UNKNOWN, MessageState.DELIVERED]
    assert first.state is MessageState.UNKNOWN


def test_what_no_listing_ever_shows_was_not_sent(world: World) -> None:
    world.notify()
    world.sms.next.append(SILENT)
    send(world)
    for delay in reconcile.POLLS:
        world.clock.advance(seconds=delay.total_seconds())
        message = send(world)
    assert (message.state, message.reason) == (MessageState.FAILED, "not_sent")
