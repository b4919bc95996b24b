"""One message on its way: claim, commit, final check, render, mark as sending, commit, call, settle, commit."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from notifications import lanes, opt_out, outbox, prepare, retry
from notifications.channels.base import Channel, ChannelError, Outcome, Outgoing, Receipt
from notifications.context import Context, KillPoint
from notifications.models import Attempt, Message, MessageState
from notifications.outbox import Claim
from notifications.reasons import Reason
from scheduling import clock
from scheduling.db import Transaction

Result = Receipt | ChannelError


def run(transaction: Transaction, message_id: int, context: Context) -> bool:
    """Deliver a message that is due; False where it isn't, or somebody else has it.

    No transaction is open during the call. Whatever happens, the row says how far it came.
    """
    with transaction() as session:
        claim = outbox.claim(session, message_id)
    if claim is None:
        return False
    context.reach(KillPoint.K2)
    with transaction() as session:
        ready = prepare.prepare(session, claim, context)
        context.reach(KillPoint.K3)
    if ready is None:
        return True
    result = _call(context.channels[ready.channel], ready.outgoing)
    context.reach(KillPoint.K5)
    with transaction() as session:
        settle(session, claim, result, context)
    context.reach(KillPoint.K6)
    return True


def _call(channel: Channel, outgoing: Outgoing) -> Result:
    try:
        return channel.send(outgoing)
    except ChannelError as error:
        return error
    except Exception as error:  # a fault of ours after the bytes may have left: never assume it is safe
        return ChannelError(Outcome.UNKNOWN, Reason.NO_ANSWER, detail=type(error).__name__)


def settle(session: Session, claim: Claim, result: Result, context: Context) -> None:
    """Keep what became of the call; a worker that lost its claim writes the attempt and nothing else."""
    message = session.get_one(Message, claim.message_id, with_for_update=True)
    if isinstance(result, Receipt):
        _note(session, message, "sent")
        outbox.move_claimed(session, claim, MessageState.SENT, lease_until=None, reason=None, detail=None)
        session.execute(
            update(Message)
            .where(Message.id == claim.message_id, Message.fence == claim.fence, Message.provider_id.is_(None))
            .values(provider_id=result.provider_id)
        )
        return
    _note(session, message, result.outcome, result.code, result.detail)
    if result.reason == Reason.OPTED_OUT:
        opt_out.add(session, message.channel, message.recipient)
    if result.stops_lane:
        _stop_lane(session, message, result, context)
    state, changes = _after(message, result)
    outbox.move_claimed(session, claim, state, lease_until=None, **changes)


def _note(session: Session, message: Message, outcome: str, code: str | None = None, detail: str | None = None) -> None:
    session.add(Attempt(message_id=message.id, at=clock.now(), outcome=outcome, code=code, detail=detail))
    session.flush()


def _after(message: Message, error: ChannelError) -> tuple[MessageState, dict[str, Any]]:
    """Where a failure leads, and what the row remembers."""
    told = {"reason": error.reason, "detail": error.detail or error.code}
    if error.outcome is Outcome.UNKNOWN:
        return MessageState.UNKNOWN, {**told, "tries": message.tries + 1}
    if error.outcome is Outcome.PERMANENT:
        return MessageState.FAILED, {**told, "tries": message.tries + 1}
    if error.stops_lane:
        return MessageState.READY, told
    tries, first = message.tries + 1, message.attempts[0].at
    due = retry.next_try(tries, clock.now(), first=first, not_after=message.not_after, wait=error.retry_after)
    if due is None:
        return MessageState.FAILED, {"reason": Reason.GAVE_UP, "detail": str(error), "tries": tries}
    return MessageState.READY, {**told, "due_at": due, "tries": tries}


def _stop_lane(session: Session, message: Message, error: ChannelError, context: Context) -> None:
    """Rows wait; the administrators are told once, by mail unless that is what doesn't work."""
    lane = str(message.channel)
    if not lanes.stop(session, lane, f"{error.reason} {error.code or ''}".strip()):
        return
    for party in context.administrators(session):
        outbox.insert_typed(
            session,
            party,
            source=f"lane:{lane}",
            occurrence=clock.now().isoformat(),
            subject=f"Messages by {lane} are waiting",
            body=(
                f"The provider for {lane} refused our credentials ({error.code or 'no code'}).\n\n"
                "Messages wait until the settings are mended and the channel is released in the console."
            ),
        )
