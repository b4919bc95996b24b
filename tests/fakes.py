"""Doubles of the world outside: links, channels, a provider of SMS with a memory, and a mail server."""

import json
import re
import threading
import time
from asyncio import Server, Transport
from base64 import b64decode
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from twilio.request_validator import RequestValidator

from notifications.channels.base import ChannelError, Outgoing, Receipt, Report, Trace
from notifications.models import Invitation
from scheduling import clock


class ConstantLinks:
    """Links that are as long as the real ones and tell the invitation."""

    def invitation(self, invitation: Invitation) -> str:
        return f"http://127.0.0.1:8000/c/{invitation.key:024d}"


class RecordingChannel:
    """Takes everything, or does what it was told to do next: answer, fail, or die."""

    def __init__(self, *, traceable: bool = False) -> None:
        self.traceable = traceable
        self.taken: list[Outgoing] = []
        self.next: deque[BaseException | Receipt] = deque()
        self.known: list[Report] = []
        self._lock = threading.Lock()

    def send(self, outgoing: Outgoing) -> Receipt:
        with self._lock:
            result = self.next.popleft() if self.next else Receipt(f"provider-{outgoing.message_id}")
            if isinstance(result, ChannelError):
                raise result
            self.taken.append(outgoing)
        if isinstance(result, BaseException):
            raise result  # died after the bytes were written
        return result

    def find(self, trace: Trace) -> Sequence[Report]:
        return self.known


class Died(BaseException):
    """The process was killed here: nothing after it runs, nothing catches it."""


@dataclass
class Sms:
    """A message that the double has accepted."""

    sid: str
    to: str
    body: str
    fields: Mapping[str, str]
    at: datetime
    status: str = "queued"
    error_code: int | None = None

    @property
    def message_id(self) -> int:
        """Our row, by the address for callbacks."""
        return int(self.fields["StatusCallback"].rpartition("/")[2])

    def as_json(self) -> Mapping[str, Any]:
        return {
            "sid": self.sid,
            "to": self.to,
            "body": self.body,
            "status": self.status,
            "error_code": self.error_code,
            "date_created": format_datetime(self.at),
            "date_sent": None,
            "num_segments": "1",
        }


@dataclass(frozen=True)
class Answer:
    """What the double does with one request to send."""

    status: int = 201
    code: int | None = None
    accept: bool = True
    silent: bool = False
    """Close the connection without an answer."""
    late: float = 0
    """Seconds before the answer."""


OK = Answer()


def refusal(status: int, code: int | None = None) -> Answer:
    """An error, and the message isn't accepted."""
    return Answer(status, code, accept=False)


@dataclass
class Twilio:
    """A provider with a memory: SIDs, error codes, listing and signed callbacks."""

    account: str = "AC00000000000000000000000000000000"
    token: str = "a-token-of-the-double"
    accepted: list[Sms] = field(default_factory=list)
    answers: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    """By recipient; "" for anybody."""
    requests: int = 0
    base: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def will(self, *answers: Answer, to: str = "") -> None:
        """Answer the next requests so."""
        self.answers[to].extend(answers)

    def take(self, fields: Mapping[str, str]) -> tuple[Answer, Sms]:
        with self.lock:
            self.requests += 1
            waiting = self.answers[fields["To"]] or self.answers[""]
            answer = waiting.popleft() if waiting else OK
            sms = Sms(f"SM{len(self.accepted):032d}", fields["To"], fields["Body"], fields, clock.now())
            if answer.accept:
                self.accepted.append(sms)
            return answer, sms

    def callback(self, sms: Sms, status: str, code: int | None = None) -> tuple[str, dict[str, str], dict[str, str]]:
        """Address, fields and headers of a callback that says so, signed."""
        sms.status, sms.error_code = status, code
        fields = {"MessageSid": sms.sid, "MessageStatus": status, "To": sms.to}
        if code:
            fields["ErrorCode"] = str(code)
        url = sms.fields["StatusCallback"]
        signature = RequestValidator(self.token).compute_signature(url, fields)
        return urlsplit(url).path, fields, {"X-Twilio-Signature": signature}


class _Server(ThreadingHTTPServer):
    double: Twilio


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self._signed_in():
            return
        answer, sms = self.server.double.take(dict(parse_qsl(body)))
        time.sleep(answer.late)
        if answer.silent:
            self.close_connection = True
        elif answer.status < 400:
            self._answer(answer.status, sms.as_json())
        else:
            self._answer(answer.status, {"code": answer.code, "message": "refused", "status": answer.status})

    def do_GET(self) -> None:
        if not self._signed_in():
            return
        parts, accepted = urlsplit(self.path), self.server.double.accepted
        if found := re.search(r"/Messages/(\w+)\.json", parts.path):
            self._answer(200, next(sms for sms in accepted if sms.sid == found[1]).as_json())
            return
        to = parse_qs(parts.query)["To"][0]
        listed = [sms.as_json() for sms in reversed(accepted) if sms.to == to]
        self._answer(200, {"messages": listed, "page_size": 100, "next_page_uri": None})

    def _signed_in(self) -> bool:
        given = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if given == f"{self.server.double.account}:{self.server.double.token}":
            return True
        self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
        return False

    def _answer(self, status: int, document: Mapping[str, Any]) -> None:
        content = json.dumps(document).encode()
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Tests read the double, not its log."""


@contextmanager
def twilio() -> Iterator[Twilio]:
    """The double, listening on loopback while the block lasts."""
    double = Twilio()
    server = _Server(("127.0.0.1", 0), _Handler)
    server.double = double
    double.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Mailbox:
    """A mail server: what it took, and what it answers to an address or to the text."""

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    """Answers to RCPT, by address."""
    text: str = ""
    """The answer to the text; empty: taken."""
    hang_up: bool = False
    """Take the text and close the connection without an answer."""

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.text:
            return self.text
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.raw.append(raw)
        self.mails.append(message_from_bytes(raw, policy=default))
        self.recipients.extend(envelope.rcpt_tos)
        if self.hang_up:
            assert isinstance(server.transport, Transport)
            server.transport.abort()
        return "250 OK"


class _AnyPort(Controller):
    """Listens on a port that the system chooses; the controller wants to know it."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """The mail server, listening on loopback while the block lasts."""
    box = Mailbox()
    controller = _AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield box
    finally:
        controller.stop()
