"""The final check: whether a message may still go out, in the transaction that marks it as being sent."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications import opt_out, subjects
from notifications.company import SmsLimits
from notifications.contacts import obstacle
from notifications.context import Context
from notifications.models import ChannelName, Message
from notifications.reasons import Reason
from scheduling import clock, events, settings
from scheduling.models import Visit, VisitStatus

Check = Callable[[Session, Message, Context], Reason | None]


def decide(session: Session, message: Message, context: Context) -> Reason | None:
    """The first reason against sending; None: it goes out."""
    return next((reason for check in CHECKS if (reason := check(session, message, context))), None)


def _stopped(session: Session, message: Message, context: Context) -> Reason | None:
    return Reason.STOPPED if message.sending and message.sending.stopped_at else None


def _rule(session: Session, message: Message, context: Context) -> Reason | None:
    if message.rule_id is None:
        return None
    rule, event = message.rule, message.event
    on = rule is not None and rule.enabled and (event is None or event.at >= rule.active_from)
    return None if on else Reason.RULE_OFF


def _template(session: Session, message: Message, context: Context) -> Reason | None:
    there = message.template.enabled if message.template else message.body is not None
    return None if there else Reason.TEMPLATE_OFF


def _promise(session: Session, message: Message, context: Context) -> Reason | None:
    if message.visit_id is None:
        return None
    if not subjects.visits(message):
        return Reason.SUPERSEDED
    event, visit = message.event, message.visit
    return Reason.SUPERSEDED if event and visit and events.outdated(event, visit) else None


def _planned(session: Session, message: Message, context: Context) -> Reason | None:
    """To a customer we speak of appointments ahead only."""
    if message.customer_id is None:
        return None
    ahead = [visit for visit in subjects.visits(message) if visit.status is VisitStatus.PLANNED or visit.choosing]
    return None if ahead or message.visit_id is None else Reason.NOT_PLANNED


def _past(session: Session, message: Message, context: Context) -> Reason | None:
    spoken_of = subjects.visits(message)
    return Reason.PAST if spoken_of and all(is_past(visit) for visit in spoken_of) else None


def is_past(visit: Visit) -> bool:
    """Whether both the planned end and the promise are over."""
    ends = [visit.window_end, visit.stop.planned_end if visit.stop else None]
    known = [end for end in ends if end]
    return bool(known) and max(known) < clock.now()


def _link(session: Session, message: Message, context: Context) -> Reason | None:
    invitation = message.invitation
    if invitation is None:
        return None
    return Reason.LINK_GONE if invitation.revoked_at or invitation.expires_at <= clock.now() else None


def _late(session: Session, message: Message, context: Context) -> Reason | None:
    return Reason.TOO_LATE if message.not_after and clock.now() > message.not_after else None


def _channel(session: Session, message: Message, context: Context) -> Reason | None:
    return None if message.channel in context.channels else Reason.NO_CHANNEL


def _contact(session: Session, message: Message, context: Context) -> Reason | None:
    """Consent, opt-out and the address, as they are on file now."""
    party = subjects.party(message)
    opted_out = opt_out.among(session, message.channel, [party.address(message.channel)])
    return obstacle(party, message.channel, opted_out=opted_out, limits=settings.load(session, SmsLimits))


def _bounds(session: Session, message: Message, context: Context) -> Reason | None:
    if message.channel is not ChannelName.SMS:
        return None
    limits = settings.load(session, SmsLimits)
    lately = (
        select(func.count())
        .select_from(Message)
        .where(
            Message.channel == ChannelName.SMS,
            Message.started_at > clock.now() - timedelta(hours=24),
            Message.id != message.id,
        )
    )
    to_one = session.scalar(lately.where(Message.recipient == message.recipient)) or 0
    to_all = session.scalar(lately) or 0
    return Reason.TOO_MANY if to_one >= limits.per_recipient or to_all >= limits.per_day else None


CHECKS: Sequence[Check] = (
    _stopped,
    _rule,
    _template,
    _promise,
    _planned,
    _past,
    _link,
    _late,
    _channel,
    _contact,
    _bounds,
)
