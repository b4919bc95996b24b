"""E-mail by SMTP: time-outs on everything, one recipient per mail, never less encryption than the URL says."""

import smtplib
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Self
from urllib.parse import unquote, urlsplit

from notifications.channels.base import ChannelError, Outcome, Outgoing, Receipt, Report, Trace

SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
STEP = 10.0
"""Seconds that one step of the conversation may take; smtplib has no limit of its own."""
PATIENCE = 30.0
"""Seconds from the connection to DATA; beyond them we leave, because the lease would run out."""
GOODBYE = 2.0
FORBIDDEN = frozenset("\r\n\0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
"""What must not be in a header: any of them is a line break to somebody."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over."""

    host: str
    port: int
    scheme: str
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Of smtp://, smtp+starttls:// or smtps://user:pass@host:port. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("must begin with smtp://, smtp+starttls:// or smtps:// and name a host")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or SCHEMES[parts.scheme], parts.scheme, user, password)

    def may_log_in(self, *, encrypted: bool) -> bool:
        """Whether the password may be said: over an encrypted connection, or to this machine."""
        return encrypted or self.host in {"localhost", "127.0.0.1", "::1"}


class EmailChannel:
    """Hands mails to one server."""

    traceable = False

    def __init__(self, url: str, sender: str, *, step: float = STEP) -> None:
        self._server = Server.parse(url)
        self._sender = sender
        self._step = step

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the mail over; once the text was begun, silence means unknown."""
        mail = compose(outgoing, self._sender)
        begun = time.monotonic()
        smtp = self._open()
        try:
            _envelope(smtp, parseaddr(self._sender)[1], outgoing.recipient)
            if time.monotonic() - begun > PATIENCE:
                raise ChannelError(Outcome.SAFE, "no_connection", detail="the server is too slow")
            _text(smtp, mail.as_bytes(policy=SMTP))
            _take_leave(smtp)
        finally:
            smtp.close()
        return Receipt(provider_id=str(mail["Message-ID"]))

    def find(self, trace: Trace) -> Sequence[Report]:
        """SMTP can't be asked."""
        return ()

    def _open(self) -> smtplib.SMTP:
        server = self._server
        try:
            smtp = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise ChannelError(Outcome.SAFE, "no_connection", detail=type(error).__name__) from error
        try:
            _secure(smtp, server)
            _log_in(smtp, server)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self._step, context=context)
        return smtplib.SMTP(server.host, server.port, timeout=self._step)


def _secure(smtp: smtplib.SMTP, server: Server) -> None:
    """Encrypt wherever it is offered; where it must be, or fails, we don't go on in the clear."""
    try:
        smtp.ehlo_or_helo_if_needed()
        offered = smtp.has_extn("starttls")
        if server.scheme != "smtps" and (offered or server.scheme == "smtp+starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
    except smtplib.SMTPNotSupportedError as error:
        raise ChannelError(Outcome.SAFE, "no_tls", detail=str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        reason = "no_tls" if isinstance(error, ssl.SSLError) else "no_connection"
        raise ChannelError(Outcome.SAFE, reason, detail=type(error).__name__) from error


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    if not server.user:
        return
    if not server.may_log_in(encrypted=isinstance(smtp.sock, ssl.SSLSocket)):
        raise ChannelError(Outcome.SAFE, "no_tls", detail="the password would go in the clear")
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        refused = error.smtp_code >= 500
        reason = "credentials" if refused else "busy"
        raise ChannelError(Outcome.SAFE, reason, code=str(error.smtp_code), stops_lane=refused) from error
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(Outcome.SAFE, "no_connection", detail=type(error).__name__) from error


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str) -> None:
    try:
        for reply, reason in ((smtp.mail(sender), "refused"), (smtp.rcpt(recipient), "bad_email")):
            _judge(reply, reason)
    except UnicodeEncodeError as error:
        raise ChannelError(Outcome.PERMANENT, "bad_email", detail="not ASCII") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(Outcome.SAFE, "no_connection", detail=type(error).__name__) from error


def _text(smtp: smtplib.SMTP, text: bytes) -> None:
    try:
        _judge(smtp.data(text), "refused")
    except smtplib.SMTPDataError as error:
        _judge((error.smtp_code, error.smtp_error), "refused")
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(Outcome.UNKNOWN, "no_answer", detail=type(error).__name__) from error


def _take_leave(smtp: smtplib.SMTP) -> None:
    """The mail is accepted already: however the goodbye goes, it stays so."""
    with suppress(OSError, smtplib.SMTPException):
        if smtp.sock:
            smtp.sock.settimeout(GOODBYE)
        smtp.quit()


def _judge(reply: tuple[int, bytes | str], reason: str) -> None:
    """4xx may pass, 5xx won't."""
    code, text = reply
    if code < 400:
        return
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if code < 500:
        raise ChannelError(Outcome.SAFE, "busy", code=str(code), detail=words)
    raise ChannelError(Outcome.PERMANENT, reason, code=str(code), detail=words)


def compose(outgoing: Outgoing, sender: str) -> EmailMessage:
    """Text, HTML beside it, and the appointment; the Message-ID is the same for every attempt."""
    name, address = parseaddr(sender)
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"] = Address(name, addr_spec=address)
        mail["To"] = Address(addr_spec=_line(outgoing.recipient))
        mail["Subject"] = _line(outgoing.subject)
    except ChannelError:
        raise
    except Exception as error:  # the parser of addresses fails in many ways
        raise ChannelError(Outcome.PERMANENT, "bad_email", detail=type(error).__name__) from error
    mail["Date"] = format_datetime(outgoing.at)
    domain = address.rpartition("@")[2] or "localhost"
    mail["Message-ID"] = (
        f"<message-{outgoing.message_id}@{domain}>" if outgoing.message_id else make_msgid(domain=domain)
    )
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.body, cte="quoted-printable")
    if outgoing.html:
        mail.add_alternative(outgoing.html, subtype="html", cte="quoted-printable")
    if outgoing.calendar:
        _attach(mail, outgoing.calendar)
    return mail


def _attach(mail: EmailMessage, calendar: bytes) -> None:
    method = "REQUEST" if b"METHOD:REQUEST" in calendar else "CANCEL" if b"METHOD:CANCEL" in calendar else "PUBLISH"
    mail.add_attachment(calendar, maintype="text", subtype="calendar", filename="appointment.ics")
    part = list(mail.iter_attachments())[-1]
    part.set_param("method", method)
    part.set_param("charset", "utf-8")


def _line(text: str) -> str:
    if FORBIDDEN & set(text):
        raise ChannelError(Outcome.PERMANENT, "bad_text", detail="a header would be broken")
    return text
