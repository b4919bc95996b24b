"""What every way out of the building has in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a channel sees it."""

    message_id: int
    """The row in the outbox, the same for every attempt; 0 for what has no row."""
    recipient: str
    body: str
    at: datetime
    subject: str = ""
    html: str | None = None
    calendar: bytes | None = None
    """An appointment as iCalendar, METHOD included."""
    valid_for: int | None = None
    """Seconds until the text is pointless."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken the message."""

    provider_id: str | None = None
    status: str = "sent"


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a message whose fate isn't."""

    recipient: str
    body: str
    since: datetime
    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What the provider says about a message it has; `status` in its own words: queued, sent, delivered, failed…"""

    provider_id: str
    status: str
    code: str | None = None


class Outcome(StrEnum):
    """What a failure means for another attempt."""

    SAFE = "safe"
    """Certainly not taken: may be tried again."""
    PERMANENT = "permanent"
    """Certainly not taken, and never will be."""
    UNKNOWN = "unknown"
    """Perhaps taken: must not be tried again."""


@dataclass
class ChannelError(Exception):
    """The one error that channels raise."""

    outcome: Outcome
    reason: str
    """A key of `notifications.reasons`."""
    code: str | None = None
    detail: str = ""
    retry_after: float | None = None
    """Seconds, where the provider said so."""
    stops_lane: bool = False
    """Our own credentials or settings are refused: nobody's message can go this way."""

    def __str__(self) -> str:
        return f"{self.outcome}: {self.reason} {self.code or ''} {self.detail}".strip()


class Channel(Protocol):
    """A way out of the building; a port."""

    traceable: bool
    """Whether the provider can be asked later what became of a message."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand the message over. Raises `ChannelError`; anything else that is raised counts as unknown."""
        ...

    def find(self, trace: Trace) -> Sequence[Report]:
        """Messages of the provider that may be the one sought, oldest first. Raises `ChannelError`."""
        ...
