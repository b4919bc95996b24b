"""The last transaction before the call: the final check, the text, and the mark that the call has begun."""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from notifications import calendar, lanes, outbox, policy, render, subjects
from notifications.channels.base import Outgoing
from notifications.context import Context
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Message, MessageState
from notifications.outbox import Claim
from notifications.reasons import Reason
from notifications.render import Rendered
from notifications.scene import Scene
from scheduling import clock

MOST_CLAIMS = 50
"""A message that kills whoever takes it isn't taken for ever."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What the channel gets; the row says `sending`."""

    channel: str
    outgoing: Outgoing


@dataclass
class Withheld(Exception):
    """The final check is against it."""

    reason: Reason
    detail: str | None = None


def prepare(session: Session, claim: Claim, context: Context) -> Ready | None:
    """Check, fill in and mark a claimed message; None where it doesn't go now, and the row says why."""
    message = session.get_one(Message, claim.message_id)
    if not lanes.is_open(session, message.channel):
        outbox.move_claimed(session, claim, MessageState.READY, lease_until=None)
        return None
    try:
        return _mark(session, claim, message, context)
    except Withheld as no:
        state = MessageState.CANCELLED if no.reason is Reason.STOPPED else MessageState.SKIPPED
        outbox.move_claimed(session, claim, state, reason=no.reason, detail=no.detail, lease_until=None)
        return None


def _mark(session: Session, claim: Claim, message: Message, context: Context) -> Ready | None:
    """The crash marker: from here on, silence means unknown."""
    _check(session, claim, message, context)
    scene = subjects.scene(session, message, context.links) if message.visit_id else None
    text = _write(message, scene, context)
    now = clock.of(session)
    recipient = subjects.party(message).address(message.channel)
    moved = outbox.move_claimed(
        session,
        claim,
        MessageState.SENDING,
        started_at=now,
        lease_until=now + outbox.LEASE,
        recipient=recipient,
        subject=text.subject,
        body=text.body,
        html=text.html,
        segments=text.size.segments if text.size else None,
        cost=text.size.segments * context.sms_cost if text.size else None,
    )
    outgoing = Outgoing(
        message.id,
        recipient,
        text.body,
        now,
        subject=text.subject or "",
        html=text.html,
        calendar=_appointment(message, scene, text, recipient, context),
        valid_for=int((message.not_after - now).total_seconds()) if message.not_after else None,
    )
    return Ready(message.channel, outgoing) if moved else None


def _check(session: Session, claim: Claim, message: Message, context: Context) -> None:
    """Raises `Withheld`."""
    if claim.fence > MOST_CLAIMS:
        raise Withheld(Reason.GAVE_UP)
    if reason := policy.decide(session, message, context):
        raise Withheld(reason)


def _write(message: Message, scene: Scene | None, context: Context) -> Rendered:
    """A template is filled now; a text that somebody typed goes as it is. Raises `Withheld`."""
    try:
        text = _typed(message) if message.template is None or scene is None else render.render(message.template, scene)
    except TemplateInvalid as error:
        raise Withheld(Reason.TEMPLATE_BROKEN, error.reason) from error
    if text.size and text.size.segments > context.max_segments:
        raise Withheld(Reason.TOO_LONG, f"{text.size.segments} segments")
    return text


def _typed(message: Message) -> Rendered:
    text = Rendered(message.body or "", message.subject, message.html)
    return replace(text, size=render.size(text.body)) if message.channel is ChannelName.SMS else text


def _appointment(
    message: Message, scene: Scene | None, text: Rendered, recipient: str, context: Context
) -> bytes | None:
    """The calendar file that the template asks for, of the visit's present promise."""
    if message.template is None or not message.template.attach_appointment or scene is None or scene.window is None:
        return None
    return calendar.appointment(
        scene.visit,
        scene.window,
        summary=text.subject or scene.company.name,
        method="REQUEST",
        description=text.body,
        organizer=context.sender,
        attendee=recipient,
    )
