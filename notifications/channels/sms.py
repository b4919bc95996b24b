"""SMS by Twilio: the one file that speaks to it."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from notifications.channels.base import ChannelError, Outcome, Outgoing, Receipt, Report, Trace

TIMEOUT = 20.0
"""Seconds; well within the lease."""
LONGEST_VALIDITY = 36_000
SHORTEST_VALIDITY = 1
CLOCK_SKEW = timedelta(minutes=2)

CODES: Mapping[int, tuple[Outcome, str]] = {
    20429: (Outcome.SAFE, "busy"),
    21211: (Outcome.PERMANENT, "bad_number"),
    21217: (Outcome.PERMANENT, "bad_number"),
    21408: (Outcome.PERMANENT, "region_off"),
    21602: (Outcome.PERMANENT, "bad_text"),
    21609: (Outcome.PERMANENT, "callback_url"),
    21610: (Outcome.PERMANENT, "opted_out"),
    21612: (Outcome.PERMANENT, "unreachable"),
    21614: (Outcome.PERMANENT, "landline"),
    21617: (Outcome.PERMANENT, "too_long"),
    30003: (Outcome.SAFE, "unreachable"),
    30005: (Outcome.PERMANENT, "not_in_service"),
    30006: (Outcome.PERMANENT, "landline"),
    30007: (Outcome.PERMANENT, "carrier_refused"),
}
"""What the provider's codes mean, at the call and in callbacks."""
REFUSES_US = frozenset({401, 403, 404})
"""Statuses that speak of our account, not of the message; none of them was processed."""


class Elsewhere(TwilioHttpClient):
    """The SDK's own client with scheme and host swapped: for a proxy or a test double."""

    def __init__(self, base: str, timeout: float) -> None:
        quiet = logging.getLogger("twilio.silenced")
        quiet.disabled = True  # it would log phone numbers
        super().__init__(pool_connections=False, timeout=timeout, logger=quiet)
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Send the request to the configured base."""
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._base}{parts.path}{query}", *args, **kwargs)


class SmsChannel:
    """Sends through one account; `callback_base` gets the message's id appended."""

    traceable = True

    def __init__(
        self, account: str, token: str, sender: str, *, api_base: str, callback_base: str, timeout: float = TIMEOUT
    ) -> None:
        self._client = Client(account, token, http_client=Elsewhere(api_base, timeout))
        self._sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        self._callback_base = callback_base

    def send(self, outgoing: Outgoing) -> Receipt:
        """Create the message at the provider; the callback's address names our row even if the answer is lost."""
        options: dict[str, Any] = dict(self._sender)
        if outgoing.valid_for is not None:
            options["validity_period"] = min(LONGEST_VALIDITY, max(SHORTEST_VALIDITY, outgoing.valid_for))
        try:
            answer = self._client.messages.create(
                to=outgoing.recipient,
                body=outgoing.body,
                status_callback=f"{self._callback_base}/{outgoing.message_id}",
                **options,
            )
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _explain(error) from error
        return Receipt(provider_id=answer.sid, status=str(answer.status))

    def find(self, trace: Trace) -> Sequence[Report]:
        """By its SID where that is known, else messages of the same text to the same number since then."""
        try:
            if trace.provider_id:
                found = [self._client.messages(trace.provider_id).fetch()]
            else:
                listed = self._client.messages.list(to=trace.recipient, limit=100)  # newest first
                found = [item for item in reversed(listed) if _may_be(item, trace)]
        except (TwilioException, requests.RequestException, ValueError) as error:
            raise _explain(error) from error
        return [Report(str(item.sid), str(item.status), _code(item.error_code)) for item in found]


def _may_be(item: Any, trace: Trace) -> bool:
    """Same text, and not older; filtering at the provider would leave out what is still queued there."""
    made: datetime | None = item.date_created
    return item.body == trace.body and (made is None or made >= trace.since - CLOCK_SKEW)


def _code(code: object) -> str | None:
    return str(code) if code else None


def _explain(error: Exception) -> ChannelError:
    if isinstance(error, TwilioRestException):
        return _refusal(error)
    if isinstance(error, requests.RequestException) and _never_left(error):
        return ChannelError(Outcome.SAFE, "no_connection", detail=type(error).__name__)
    return ChannelError(Outcome.UNKNOWN, "no_answer", detail=type(error).__name__)


def _refusal(error: TwilioRestException) -> ChannelError:
    code = _code(error.code) or str(error.status)
    if known := CODES.get(error.code or 0):
        return ChannelError(*known, code=code, detail=error.msg)
    if error.status == 429:
        return ChannelError(Outcome.SAFE, "busy", code=code, detail=error.msg)
    if error.status >= 500:
        return ChannelError(Outcome.UNKNOWN, "no_answer", code=code, detail=error.msg)
    if error.status in REFUSES_US:
        return ChannelError(Outcome.SAFE, "credentials", code=code, detail=error.msg, stops_lane=True)
    return ChannelError(Outcome.PERMANENT, "refused", code=code, detail=error.msg)


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection came about, so that the provider can't have seen the request."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(error, requests.ConnectTimeout) or isinstance(
        cause, NewConnectionError | NameResolutionError | ConnectTimeoutError
    )


def genuine(token: str, url: str, fields: Mapping[str, Any], signature: str) -> bool:
    """Whether the provider signed this callback; the comparison takes constant time."""
    return bool(RequestValidator(token).validate(url, fields, signature))
