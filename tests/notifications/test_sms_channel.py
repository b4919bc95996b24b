"""The real SDK against a double of the provider."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from notifications.channels.base import ChannelError, Outcome, Outgoing, Trace
from notifications.channels.sms import SmsChannel, genuine
from tests.conftest import SetClock
from tests.fakes import Answer, Twilio, refusal, twilio

NUMBER = "+12025550143"


@pytest.fixture
def double(now: SetClock) -> Iterator[Twilio]:
    with twilio() as double:
        yield double


def channel(double: Twilio, *, base: str = "", token: str = "", sender: str = "+12025550100") -> SmsChannel:
    return SmsChannel(
        double.account,
        token or double.token,
        sender,
        api_base=base or double.base,
        callback_base="http://127.0.0.1:8000/hooks/twilio/status",
        timeout=0.5,
    )


def outgoing(valid_for: int | None = 3600) -> Outgoing:
    return Outgoing(7, NUMBER, "Hello", datetime(2026, 11, 30, 9, tzinfo=UTC), valid_for=valid_for)


def test_a_message_carries_our_id_and_how_long_it_makes_sense(double: Twilio) -> None:
    receipt = channel(double).send(outgoing())
    (sms,) = double.accepted
    assert receipt.provider_id == sms.sid
    assert (sms.to, sms.body, sms.message_id) == (NUMBER, "Hello", 7)
    assert (sms.fields["From"], sms.fields["ValidityPeriod"]) == ("+12025550100", "3600")


@pytest.mark.parametrize(("seconds", "sent"), [(100_000, "36000"), (0, "1"), (None, None)])
def test_the_validity_stays_in_bounds(double: Twilio, seconds: int | None, sent: str | None) -> None:
    channel(double).send(outgoing(seconds))
    assert double.accepted[0].fields.get("ValidityPeriod") == sent


def test_a_messaging_service_may_send(double: Twilio) -> None:
    channel(double, sender="MG0123").send(outgoing())
    assert double.accepted[0].fields["MessagingServiceSid"] == "MG0123"


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (refusal(429, 20429), Outcome.SAFE, "busy"),
        (refusal(429), Outcome.SAFE, "busy"),
        (refusal(500), Outcome.UNKNOWN, "no_answer"),
        (Answer(503), Outcome.UNKNOWN, "no_answer"),
        (Answer(silent=True), Outcome.UNKNOWN, "no_answer"),
        (Answer(late=0.8), Outcome.UNKNOWN, "no_answer"),
        (refusal(400, 21211), Outcome.PERMANENT, "bad_number"),
        (refusal(400, 21614), Outcome.PERMANENT, "landline"),
        (refusal(400, 21610), Outcome.PERMANENT, "opted_out"),
        (refusal(400, 21408), Outcome.PERMANENT, "region_off"),
        (refusal(400, 99999), Outcome.PERMANENT, "refused"),
    ],
)
def test_what_errors_mean(double: Twilio, answer: Answer, outcome: Outcome, reason: str) -> None:
    double.will(answer)
    with pytest.raises(ChannelError) as error:
        channel(double).send(outgoing())
    assert (error.value.outcome, error.value.reason, error.value.stops_lane) == (outcome, reason, False)
    assert double.requests == 1, "the SDK must not try again by itself"


def test_refused_credentials_stop_the_lane(double: Twilio) -> None:
    with pytest.raises(ChannelError) as error:
        channel(double, token="wrong").send(outgoing())
    assert (error.value.outcome, error.value.reason, error.value.code) == (Outcome.SAFE, "credentials", "20003")
    assert error.value.stops_lane


def test_a_provider_that_is_not_there_is_safe(double: Twilio) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(ChannelError) as error:
        channel(double, base=nobody).send(outgoing())
    assert (error.value.outcome, error.value.reason) == (Outcome.SAFE, "no_connection")


def test_a_lost_answer_is_found_in_the_listing(double: Twilio, now: SetClock) -> None:
    began = now.at
    double.will(Answer(silent=True))
    with pytest.raises(ChannelError):
        channel(double).send(outgoing())
    double.callback(double.accepted[0], "undelivered", 30005)
    (report,) = channel(double).find(Trace(NUMBER, "Hello", began))
    assert (report.status, report.code) == ("undelivered", "30005")
    assert channel(double).find(Trace(NUMBER, "Other", began)) == []
    assert channel(double).find(Trace(NUMBER, "Hello", began + timedelta(hours=1))) == []
    assert channel(double).find(Trace(NUMBER, "", began, provider_id=report.provider_id)) == [report]


def test_the_signature_of_a_callback(double: Twilio) -> None:
    channel(double).send(outgoing())
    path, fields, headers = double.callback(double.accepted[0], "delivered")
    url, signature = f"http://127.0.0.1:8000{path}", headers["X-Twilio-Signature"]
    assert genuine(double.token, url, fields, signature)
    assert not genuine(double.token, url, {**fields, "MessageStatus": "failed"}, signature)
    assert not genuine(double.token, url.replace("/7", "/8"), fields, signature)
    assert not genuine("other", url, fields, signature)
    assert not genuine(double.token, url, fields, "")
