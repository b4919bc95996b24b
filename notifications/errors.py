"""What the notifications refuse."""

from dataclasses import dataclass


class NotificationError(Exception):
    """Something about a message or a template makes the wish impossible; nothing was changed."""


@dataclass
class TemplateInvalid(NotificationError):
    """The template can't be saved; `reason` is a sentence that names the place."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass
class TemplateInUse(NotificationError):
    """A rule sends the template, or a message was made of it."""

    name: str


@dataclass
class InvitationGone(NotificationError):
    """The link has expired or was revoked."""

    why: str


@dataclass
class DaysRefused(NotificationError):
    """The allowed days can't be used; `why`: empty, past, order, off."""

    why: str


@dataclass
class NobodyToNotify(NotificationError):
    """None of those chosen can be reached."""


@dataclass
class IllegalMessageMove(NotificationError):
    """The state of the message doesn't allow the move."""

    message_id: int
    state: str
    to: str
