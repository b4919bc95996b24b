"""Mail against a real SMTP server in this process."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from notifications.channels.base import ChannelError, Outcome, Outgoing
from notifications.channels.email import EmailChannel, Server
from tests.fakes import Mailbox, mailbox

TO = "ana@example.com"


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as box:
        yield box


def outgoing(**changes: object) -> Outgoing:
    values = {"subject": "Größe & Zeit", "html": "<p>Grüezi</p>", "calendar": b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n"}
    at = datetime(2026, 11, 30, 9, tzinfo=UTC)
    return Outgoing(7, TO, "Grüezi\n.\nline", at, **{**values, **changes})  # type: ignore[arg-type]


def send(url: str, mail: Outgoing | None = None) -> None:
    EmailChannel(url, "Portal <portal@example.com>", step=0.5).send(mail or outgoing())


def failure(url: str, mail: Outgoing | None = None) -> ChannelError:
    with pytest.raises(ChannelError) as error:
        send(url, mail)
    return error.value


def test_a_mail_has_text_html_and_the_appointment(box: Mailbox) -> None:
    send(box.url)
    (mail,) = box.mails
    assert (mail["Subject"], mail["To"], mail["From"]) == ("Größe & Zeit", TO, "Portal <portal@example.com>")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain
    assert html
    assert plain.get_content().splitlines() == ["Grüezi", ".", "line"]
    assert html.get_content().strip() == "<p>Grüezi</p>"
    (calendar,) = mail.iter_attachments()
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "REQUEST")
    assert box.recipients == [TO]


def test_the_message_id_is_the_same_for_every_attempt(box: Mailbox) -> None:
    send(box.url)
    send(box.url)
    assert [mail["Message-ID"] for mail in box.mails] == ["<message-7@example.com>"] * 2


def test_mail_without_a_row_has_an_id_of_its_own(box: Mailbox) -> None:
    for _ in range(2):
        send(box.url, Outgoing(0, TO, "Hello", datetime(2026, 11, 30, tzinfo=UTC), subject="Hello"))
    assert len({mail["Message-ID"] for mail in box.mails}) == 2


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ("450 greylisted", Outcome.SAFE, "busy"),
        ("550 no such user", Outcome.PERMANENT, "bad_email"),
    ],
)
def test_a_refused_recipient(box: Mailbox, answer: str, outcome: Outcome, reason: str) -> None:
    box.refuse[TO] = answer
    error = failure(box.url)
    assert (error.outcome, error.reason, error.code) == (outcome, reason, answer[:3])


@pytest.mark.parametrize(("answer", "outcome"), [("451 later", Outcome.SAFE), ("554 spam", Outcome.PERMANENT)])
def test_a_refused_text(box: Mailbox, answer: str, outcome: Outcome) -> None:
    box.text = answer
    assert failure(box.url).outcome is outcome
    assert box.mails == []


def test_broken_after_the_final_dot_is_unknown(box: Mailbox) -> None:
    box.hang_up = True
    assert failure(box.url).outcome is Outcome.UNKNOWN
    assert len(box.mails) == 1


def test_no_server_is_safe() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"smtp://127.0.0.1:{free.getsockname()[1]}"
    assert failure(url).outcome is Outcome.SAFE


def test_a_server_that_says_nothing_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the system accepts, nobody speaks
        error = failure(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    assert (error.outcome, error.reason) == (Outcome.SAFE, "no_connection")


def test_where_encryption_is_demanded_nothing_goes_in_the_clear(box: Mailbox) -> None:
    error = failure(box.url.replace("smtp://", "smtp+starttls://"))
    assert (error.outcome, error.reason) == (Outcome.SAFE, "no_tls")
    assert box.mails == []


def test_a_server_without_sign_in_refuses_nobody(box: Mailbox) -> None:
    error = failure(box.url.replace("smtp://", "smtp://user:secret@"))
    assert (error.outcome, error.stops_lane) == (Outcome.SAFE, False)


@pytest.mark.parametrize(
    ("host", "encrypted", "allowed"),
    [("mail.example.com", False, False), ("mail.example.com", True, True), ("127.0.0.1", False, True)],
)
def test_a_password_goes_encrypted_or_stays_on_this_machine(host: str, encrypted: bool, allowed: bool) -> None:
    assert Server(host, 25, "smtp", "user", "secret").may_log_in(encrypted=encrypted) is allowed


@pytest.mark.parametrize("subject", ["a\nBcc: x@example.com", "a\r", "a\0", "a\u2028b"])
def test_a_header_cannot_be_broken(box: Mailbox, subject: str) -> None:
    error = failure(box.url, outgoing(subject=subject))
    assert (error.outcome, error.reason) == (Outcome.PERMANENT, "bad_text")
    assert box.raw == []


@pytest.mark.parametrize("address", ["no address", "ä@example.com", "a@b\r\nc"])
def test_a_bad_address_is_refused_before_the_call(box: Mailbox, address: str) -> None:
    bad = Outgoing(7, address, "Hello", datetime(2026, 11, 30, tzinfo=UTC), subject="Hello")
    assert failure(box.url, bad).outcome is Outcome.PERMANENT
    assert box.mails == []


def test_urls_of_servers() -> None:
    server = Server.parse("smtps://us%40er:p%3Aw@mail.example.com")
    assert server == Server("mail.example.com", 465, "smtps", "us@er", "p:w")
    for url in ("http://x", "smtp://", "mail.example.com"):
        with pytest.raises(ValueError, match="smtp"):
            Server.parse(url)
