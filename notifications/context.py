"""What messages need to know of the world outside: the port to the links, the ways out, and who is to be told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from notifications.channels.base import Channel
from notifications.models import ChannelName, Invitation
from scheduling.models import Customer


class Links(Protocol):
    """Makes the addresses that messages carry; a port, implemented by `portal.links`."""

    def invitation(self, invitation: Invitation) -> str:
        """The absolute URL of the customer's page, `PUBLIC_URL/c/<token>`."""
        ...


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who can be told: a customer, a technician, a member of staff."""

    key: str
    """`customer:12`, `technician:3`, `user:1`."""
    name: str
    locale: str | None = None
    phone: str | None = None
    email: str | None = None
    customer: Customer | None = None
    """Set where consent counts: it binds messages to customers only."""

    def address(self, channel: ChannelName) -> str:
        """The number or the address, empty where there is none."""
        return (self.phone if channel is ChannelName.SMS else self.email) or ""


People = Callable[[Session], Sequence[Party]]


class KillPoint(StrEnum):
    """Where a process may die; tests of crashes do it there."""

    K0 = "before the outbox commit"
    K1 = "after it"
    K2 = "after the claim"
    K3 = "after the final check, before its commit"
    K4 = "bytes written, no answer"
    K5 = "answer read, not stored"
    K6 = "stored, before the callback"
    K7 = "in the callback"


def _go_on(point: KillPoint) -> None:
    """Outside of crash tests every point is passed."""


def _nobody(session: Session) -> Sequence[Party]:
    return ()


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that sending needs besides the database; made by `portal.engine`."""

    links: Links
    channels: Mapping[str, Channel] = field(default_factory=dict)
    dispatchers: People = _nobody
    administrators: People = _nobody
    sender: str = ""
    """The address e-mails come from."""
    sms_cost: float = 0.0
    """Per segment."""
    max_segments: int = 3
    reach: Callable[[KillPoint], None] = _go_on
