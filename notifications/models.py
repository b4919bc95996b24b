"""The tables of messages: who is invited, what is sent, by which text, and what became of it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type
from scheduling.models import Customer, Event, Visit


class ChannelName(StrEnum):
    """A way out of the building."""

    SMS = "sms"
    EMAIL = "email"


class Trigger(StrEnum):
    """Who uses a template: a dispatcher by hand, or rules."""

    MANUAL = "manual"
    RULE = "rule"


class Template(Base):
    """A text for one channel in several languages."""

    __tablename__ = "template"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    channel: Mapped[ChannelName] = mapped_column(enum_type(ChannelName))
    trigger: Mapped[Trigger] = mapped_column(enum_type(Trigger), default=Trigger.MANUAL)
    enabled: Mapped[bool] = mapped_column(default=True)
    attach_appointment: Mapped[bool] = mapped_column(default=False)
    """Whether an e-mail carries the appointment as a calendar file."""
    created_at: Mapped[datetime]
    texts: Mapped[list["TemplateText"]] = relationship(back_populates="template", cascade="all, delete-orphan")


class TemplateText(Base):
    """A template in one language."""

    __tablename__ = "template_text"
    __table_args__ = (UniqueConstraint("template_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(250), default="")
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    template: Mapped[Template] = relationship(back_populates="texts")


class Sending(Base):
    """One act of notifying: a dispatcher's bulk or manual sending."""

    __tablename__ = "sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date | None]
    by: Mapped[str] = mapped_column(String(100))
    allowed_days: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    """Pairs of ISO dates, both included, that customers of this sending may move to; None: any."""
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    reminder_of_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"))
    """The sending whose customers hadn't answered."""
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """From the form, so that a double click sends once."""


class Invitation(Base):
    """What one signed link lets one customer do; only its expiry and revocation can change later."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(BigInteger, unique=True)
    """40 random bits: what the token signs."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"))
    allowed_days: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    looked_at: Mapped[datetime | None]
    customer: Mapped[Customer] = relationship()
    items: Mapped[list["InvitedVisit"]] = relationship(
        back_populates="invitation", order_by="InvitedVisit.id", cascade="all, delete-orphan"
    )


class InvitedVisit(Base):
    """A visit that an invitation speaks of, with the promise it was made for."""

    __tablename__ = "invited_visit"
    __table_args__ = (UniqueConstraint("invitation_id", "visit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id"), index=True)
    generation: Mapped[int]
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    """What the message promised: the truth page says "moved since" against it. Without length: a time to choose."""
    invitation: Mapped[Invitation] = relationship(back_populates="items")
    visit: Mapped[Visit] = relationship()

    @property
    def open(self) -> bool:
        """Whether the customer was invited to choose a time, rather than told one."""
        return self.window_start == self.window_end


class Rule(Base):
    """An event and conditions lead to actions; the built-in ones have a `key`."""

    __tablename__ = "rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    event: Mapped[str] = mapped_column(String(64), index=True)
    enabled: Mapped[bool] = mapped_column(default=True)
    active_from: Mapped[datetime]
    """An occurrence before this is never sent."""
    origins: Mapped[list[Any]] = mapped_column(default=list)
    """The origins of events that the rule answers to."""
    actions: Mapped[list["Action"]] = relationship(
        back_populates="rule", order_by="Action.position", cascade="all, delete-orphan"
    )


class Action(Base):
    """What a rule does: send a template to recipients."""

    __tablename__ = "action"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id", ondelete="CASCADE"))
    position: Mapped[int]
    template_id: Mapped[int] = mapped_column(ForeignKey("template.id"))
    recipients: Mapped[list[Any]]  # keys of `notifications.recipients.KINDS`
    otherwise: Mapped[bool] = mapped_column(default=False)
    """Only for those whom no action before it in the rule can reach."""
    rule: Mapped[Rule] = relationship(back_populates="actions")
    template: Mapped[Template] = relationship()


class MessageState(StrEnum):
    """Where a message stands."""

    SCHEDULED = "scheduled"
    READY = "ready"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNKNOWN = "unknown"


M = MessageState
MESSAGE_MOVES: Mapping[MessageState, frozenset[MessageState]] = {
    M.SCHEDULED: frozenset({M.READY, M.CANCELLED, M.SKIPPED}),
    M.READY: frozenset({M.CLAIMED, M.CANCELLED}),
    M.CLAIMED: frozenset({M.SENDING, M.SKIPPED, M.READY, M.CANCELLED}),
    M.SENDING: frozenset({M.SENT, M.DELIVERED, M.UNDELIVERED, M.READY, M.FAILED, M.UNKNOWN}),
    M.SENT: frozenset({M.DELIVERED, M.UNDELIVERED}),
    M.UNKNOWN: frozenset({M.SENT, M.DELIVERED, M.UNDELIVERED, M.FAILED, M.READY}),
    M.DELIVERED: frozenset(),
    M.UNDELIVERED: frozenset({M.DELIVERED}),
    M.SKIPPED: frozenset(),
    M.CANCELLED: frozenset(),
    M.FAILED: frozenset(),
}
"""The legal moves of a message; one that isn't here raises."""


class Message(Base):
    """An outbox row: it exists before the provider is called, and the row with its lease is the truth."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "state", "lease_until"),
        Index(None, "recipient", "started_at"),
        Index(None, "channel", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(300), unique=True)
    """Source · action · subject · recipient · channel · occurrence."""
    channel: Mapped[ChannelName] = mapped_column(enum_type(ChannelName))
    state: Mapped[MessageState] = mapped_column(enum_type(MessageState))
    reason: Mapped[str | None] = mapped_column(String(64))
    """Why it was skipped, cancelled, failed or undelivered: a key of the table of sentences."""
    detail: Mapped[str | None] = mapped_column(Text)
    """What the provider said."""
    template_id: Mapped[int | None] = mapped_column(ForeignKey("template.id"))
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), index=True)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rule.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)  # the first it speaks of
    generation: Mapped[int | None]
    """The promise it was made for; another one at the final check means it is superseded."""
    party: Mapped[str] = mapped_column(String(100))
    """Whom it is for: `customer:12`, `technician:3`, `user:1`, or the address where it was typed."""
    recipient: Mapped[str] = mapped_column(String(254))
    """Phone number in E.164 or e-mail address."""
    locale: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str | None] = mapped_column(String(500))
    body: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    """The three of them as rendered in the final check."""
    segments: Mapped[int | None]
    cost: Mapped[float | None] = mapped_column(Numeric(12, 4, asdecimal=False))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    not_after: Mapped[datetime | None]
    """When the text has become pointless."""
    fence: Mapped[int] = mapped_column(default=0)
    """Rises with each claim; every later UPDATE names it, so a worker that overslept writes nothing."""
    lease_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    """The crash marker: committed before the provider is called."""
    settled_at: Mapped[datetime | None]
    """When nothing more was expected of it, or for what is unknown: when we gave up finding out."""
    tries: Mapped[int] = mapped_column(default=0)
    provider_id: Mapped[str | None] = mapped_column(String(64), index=True)
    polls: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[list["Attempt"]] = relationship(back_populates="message", order_by="Attempt.id")
    invitation: Mapped[Invitation | None] = relationship()
    template: Mapped[Template | None] = relationship()
    customer: Mapped[Customer | None] = relationship()
    visit: Mapped[Visit | None] = relationship()
    rule: Mapped[Rule | None] = relationship()
    sending: Mapped[Sending | None] = relationship()
    event: Mapped[Event | None] = relationship()


class Attempt(Base):
    """One call of a provider."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(String(32))
    code: Mapped[str | None] = mapped_column(String(32))
    detail: Mapped[str | None] = mapped_column(Text)
    message: Mapped[Message] = relationship(back_populates="attempts")


class Callback(Base):
    """What a provider reported: kept as it came, in any order and any number of copies."""

    __tablename__ = "callback"
    __table_args__ = (UniqueConstraint("message_id", "provider_id", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    provider_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(32))
    code: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]


class OptOut(Base):
    """An address that said STOP; kept as a keyed hash, so that erasing the person keeps the word."""

    __tablename__ = "opt_out"
    __table_args__ = (UniqueConstraint("channel", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[ChannelName] = mapped_column(enum_type(ChannelName))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Lane(Base):
    """A channel's way to its provider; stopped while our credentials are refused or a restore isn't released."""

    __tablename__ = "lane"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    stopped_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(200))
