"""Callbacks through the door: signed, in any order, any number of copies, one final state."""

from collections.abc import Callable, Iterator
from itertools import permutations

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from notifications import opt_out
from notifications.models import Attempt, Callback, ChannelName, Message, MessageState
from notifications.reasons import sentence
from portal import create_app
from portal.config import Config
from portal.engine import work
from portal.extensions import db as flask_db
from portal.transaction import transaction
from tests.conftest import SetClock
from tests.fakes import Answer, Twilio, refusal, twilio
from tests.notifications.conftest import queue

NUMBER = "+12025550000"


@pytest.fixture
def double(now: SetClock) -> Iterator[Twilio]:
    with twilio() as double:
        yield double


@pytest.fixture
def live(double: Twilio, make_config: Callable[..., Config]) -> Iterator[Flask]:
    """The portal with the provider's double behind it."""
    config = make_config(
        channels="live",
        twilio_account_sid=double.account,
        twilio_auth_token=double.token,
        twilio_from="+12025550100",
        twilio_api_base=double.base,
    )
    app = create_app(config)
    with app.app_context():
        yield app
        flask_db.session.remove()
        flask_db.engine.dispose()


def send(app: Flask, count: int = 1) -> None:
    """Put messages in and send what is due."""
    queue(transaction, count, ChannelName.SMS)
    work.of_app(app).drain()


def post(app: Flask, call: tuple[str, dict[str, str], dict[str, str]], **headers: str) -> int:
    path, fields, signed = call
    return app.test_client().post(path, data=fields, headers={**signed, **headers}).status_code


def message() -> Message:
    with transaction() as session:
        return session.scalars(select(Message).order_by(Message.id)).one()


def test_from_the_row_to_delivered(live: Flask, double: Twilio) -> None:
    send(live)
    (sms,) = double.accepted
    assert (message().state, message().provider_id) == (MessageState.SENT, sms.sid)
    assert post(live, double.callback(sms, "delivered")) == 204
    assert message().state is MessageState.DELIVERED


def test_any_order_and_any_number_of_copies_end_the_same(live: Flask, double: Twilio) -> None:
    send(live)
    (sms,) = double.accepted
    calls = [double.callback(sms, status) for status in ("queued", "sent", "delivered")]
    for order in permutations(calls):
        with transaction() as session:
            session.execute(delete(Callback))
            session.execute(update(Message).values(state=MessageState.SENT))
        for call in (*order, *order):
            assert post(live, call) == 204
        assert message().state is MessageState.DELIVERED
        with transaction() as session:
            assert len(session.scalars(select(Callback)).all()) == 3


def test_undelivered_says_why_and_delivered_later_wins(live: Flask, double: Twilio) -> None:
    send(live)
    (sms,) = double.accepted
    post(live, double.callback(sms, "undelivered", 30003))
    assert (message().state, message().reason) == (MessageState.UNDELIVERED, "unreachable")
    assert "switched off" in sentence(message().reason)
    post(live, double.callback(sms, "delivered"))
    assert (message().state, message().reason) == (MessageState.DELIVERED, None)


def test_an_opt_out_that_a_callback_tells_is_kept(live: Flask, double: Twilio) -> None:
    send(live)
    post(live, double.callback(double.accepted[0], "failed", 21610))
    with transaction() as session:
        assert opt_out.among(session, ChannelName.SMS, [NUMBER]) == {NUMBER}


def test_a_callback_finds_the_row_although_the_answer_was_lost(live: Flask, double: Twilio) -> None:
    double.will(Answer(silent=True))
    send(live)
    assert message().state is MessageState.UNKNOWN
    post(live, double.callback(double.accepted[0], "sent"))
    assert (message().state, message().provider_id) == (MessageState.SENT, double.accepted[0].sid)


def test_the_listing_finds_it_where_no_callback_comes(live: Flask, double: Twilio, now: SetClock) -> None:
    double.will(Answer(silent=True))
    send(live)
    double.callback(double.accepted[0], "delivered")  # never posted
    now.advance(minutes=5)
    work.of_app(live).drain()
    assert message().state is MessageState.DELIVERED


@pytest.mark.parametrize(
    "headers",
    [{"X-Twilio-Signature": "forged"}, {"X-Twilio-Signature": ""}, {"X-Twilio-Signature": "ä"}],
)
def test_a_forged_callback_is_refused(live: Flask, double: Twilio, headers: dict[str, str]) -> None:
    send(live)
    assert post(live, double.callback(double.accepted[0], "failed"), **headers) == 403
    assert message().state is MessageState.SENT


def test_the_host_that_the_request_names_is_nothing(live: Flask, double: Twilio) -> None:
    send(live)
    path, fields, headers = double.callback(double.accepted[0], "delivered")
    answer = live.test_client().post(path, data=fields, headers=headers, base_url="http://localhost")
    assert answer.status_code in {204, 400}, "verified against PUBLIC_URL, or a host we don't trust"


def test_a_signed_callback_for_another_row_or_in_unknown_words_changes_nothing(live: Flask, double: Twilio) -> None:
    send(live)
    (sms,) = double.accepted
    assert post(live, double.callback(sms, "teleported")) == 204
    sms.fields = {**sms.fields, "StatusCallback": "http://127.0.0.1:8000/hooks/twilio/status/999"}
    assert post(live, double.callback(sms, "failed")) == 204
    assert message().state is MessageState.SENT


def test_a_burst_of_429_is_waited_out_and_each_sent_once(live: Flask, double: Twilio, now: SetClock) -> None:
    double.will(*[refusal(429, 20429)] * 7)
    send(live, 5)
    for _ in range(6):
        now.advance(minutes=5)
        work.of_app(live).drain()
    assert sorted(sms.message_id for sms in double.accepted) == [1, 2, 3, 4, 5]
    with transaction() as session:
        assert len(session.scalars(select(Attempt)).all()) == 12


def test_without_credentials_nobody_can_call(make_config: Callable[..., Config]) -> None:
    app = create_app(make_config())
    with app.app_context():
        assert app.test_client().post("/hooks/twilio/status/1", data={"MessageStatus": "sent"}).status_code == 403
        flask_db.engine.dispose()
