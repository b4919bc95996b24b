"""Sendings: a dispatcher tells many customers at once, watches it, and may stop it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications import audience, invite, outbox
from notifications import templates as texts
from notifications.audience import Audience, Chosen, Row
from notifications.context import Context
from notifications.errors import DaysRefused, NobodyToNotify
from notifications.invite import Days
from notifications.models import ChannelName, Invitation, Message, MessageState, Sending, Template
from notifications.reasons import Reason
from scheduling import clock, db
from scheduling.events import Actor
from scheduling.models import Visit
from scheduling.terms import LinkTerms
from scheduling.wall import day_of

WAITING = frozenset({MessageState.SCHEDULED, MessageState.READY, MessageState.CLAIMED, MessageState.SENDING})
GONE = frozenset({MessageState.SENT, MessageState.DELIVERED})
GRACE = timedelta(seconds=5)
"""What a dispatcher sends by the dialog waits as long as this: who pressed the wrong button stops it whole."""


def prepare(
    session: Session,
    visit_ids: Collection[int],
    templates: Sequence[Template],
    *,
    terms: LinkTerms,
    context: Context,
    both: bool = False,
) -> Audience:
    """Who would be told by these templates (one a channel; SMS first, else e-mail, or `both`), and who can't be."""
    return audience.gather(session, visit_ids, by_channel(templates), terms=terms, context=context, both=both)


def visits_of(session: Session, visit_ids: Collection[int], customer_ids: Collection[int]) -> Sequence[int]:
    """Those of the visits that are of one of the customers."""
    query = select(Visit.id).where(Visit.id.in_(visit_ids), Visit.customer_id.in_(customer_ids))
    return session.scalars(query).all()


def templates_of(session: Session, sending_id: int) -> frozenset[int]:
    """The templates that a sending used, by id."""
    query = select(Message.template_id).where(Message.sending_id == sending_id).distinct()
    return frozenset(id_ for id_ in session.scalars(query) if id_ is not None)


def by_channel(templates: Sequence[Template]) -> Chosen:
    """The templates by channel, SMS first."""
    chosen = {template.channel: template for template in templates}
    return {channel: chosen[channel] for channel in ChannelName if channel in chosen}


def notify(
    session: Session,
    visit_ids: Collection[int],
    templates: Sequence[Template],
    *,
    key: str,
    actor: Actor,
    terms: LinkTerms,
    context: Context,
    both: bool = False,
    allowed_days: Days | None = None,
    day: date | None = None,
    reminder_of: int | None = None,
    grace: timedelta = timedelta(),
) -> Sending:
    """Make the links, with them the promises, and put the messages in; the same `key` sends once.

    Customers who can't be reached get a row that says why, and no link. Nothing goes out before the grace is over, so
    that a slip can be stopped whole. Raises `DaysRefused` and `NobodyToNotify`.
    """
    db.exclusive(session, f"sending:{key}")
    if earlier := session.scalar(select(Sending).where(Sending.key == key)):
        return earlier
    people = prepare(session, visit_ids, templates, terms=terms, context=context, both=both)
    if not people.reachable:
        raise NobodyToNotify
    _check_days(allowed_days, terms, people)
    sending = Sending(
        day=day,
        by=actor.name,
        allowed_days=invite.written(allowed_days),
        created_at=clock.now(),
        reminder_of_id=reminder_of,
        key=key,
    )
    session.add(sending)
    session.flush()
    maker = _Maker(session, sending, by_channel(templates), terms, actor, allowed_days, grace)
    for row in people.rows:
        maker.make(row)
    return sending


def _check_days(days: Days | None, terms: LinkTerms, people: Audience) -> None:
    if days is None:
        return
    if not (terms.rescheduling and terms.choose_days):
        raise DaysRefused("off")
    if not days:
        raise DaysRefused("empty")
    today = day_of(clock.now(), people.reachable[0].visits[0].location.zone)
    if any(last < today for _, last in days):
        raise DaysRefused("past")
    if any(first > last for first, last in days):
        raise DaysRefused("order")


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes links and messages of one sending."""

    session: Session
    sending: Sending
    chosen: Chosen
    terms: LinkTerms
    actor: Actor
    allowed_days: Days | None
    grace: timedelta

    def make(self, row: Row) -> None:
        """The customer's link and messages, or the rows that say why there are none."""
        if not row.reachable:
            for channel, reason in row.obstacles.items():
                self._insert(row, channel, row.visits, None, reason)
            return
        for visits in audience.spoken_of(row.visits, self.chosen):
            invitation = self._invite(row, visits)
            for channel in row.channels:
                self._insert(row, channel, visits, invitation, None)

    def _invite(self, row: Row, visits: Sequence[Visit]) -> Invitation | None:
        if not any(texts.carries_link(self.chosen[channel]) for channel in row.channels):
            return None
        return invite.invite(
            self.session,
            row.customer,
            visits,
            terms=self.terms,
            actor=self.actor,
            allowed_days=self.allowed_days,
            sending=self.sending,
        )

    def _insert(
        self,
        row: Row,
        channel: ChannelName,
        visits: Sequence[Visit],
        invitation: Invitation | None,
        reason: Reason | None,
    ) -> None:
        first = visits[0] if visits else None
        subject = f"invitation:{invitation.id}" if invitation else f"visit:{first.id if first else '-'}"
        outbox.insert(
            self.session,
            key=outbox.dedupe_key(
                source=f"sending:{self.sending.id}",
                action="notify",
                subject=subject,
                recipient=row.party.key,
                channel=channel,
                occurrence="once",
            ),
            state=MessageState.SKIPPED if reason else MessageState.READY,
            reason=reason,
            due_at=self.sending.created_at + self.grace,
            channel=channel,
            template_id=self.chosen[channel].id,
            sending_id=self.sending.id,
            invitation_id=invitation.id if invitation else None,
            customer_id=row.customer.id,
            visit_id=first.id if first else None,
            generation=first.generation if first else None,
            party=row.party.key,
            recipient=row.party.address(channel),
            locale=row.locale,
            not_after=max((visit.window_end for visit in visits if visit.window_end), default=None),
        )


def stop(session: Session, sending: Sending) -> int:
    """Cancel what hasn't gone yet; returns how many messages. What a provider has is beyond us."""
    if sending.stopped_at is None:
        sending.stopped_at = clock.now()
    mine = Message.sending_id == sending.id
    return outbox.move_all(session, MessageState.CANCELLED, mine, reason=Reason.STOPPED, lease_until=None)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sending has come."""

    states: Mapping[MessageState, int]
    reasons: Mapping[str, int]
    """How many weren't sent, by reason."""

    @property
    def total(self) -> int:
        """Messages that were to go; those that never could aren't counted."""
        return sum(self.states.values()) - self.states.get(MessageState.SKIPPED, 0)

    @property
    def waiting(self) -> int:
        """Not gone yet."""
        return sum(count for state, count in self.states.items() if state in WAITING)

    @property
    def gone(self) -> int:
        """Taken by a provider."""
        return sum(count for state, count in self.states.items() if state in GONE)

    @property
    def done(self) -> bool:
        """Whether nothing waits any more."""
        return self.waiting == 0


def progress(session: Session, sending_id: int) -> Progress:
    """Counts of the sending's messages."""
    query = select(Message.state, Message.reason, func.count()).where(Message.sending_id == sending_id)
    states: Counter[MessageState] = Counter()
    reasons: Counter[str] = Counter()
    for state, reason, count in session.execute(query.group_by(Message.state, Message.reason)):
        states[state] += count
        if reason and state not in WAITING | GONE:
            reasons[reason] += count
    return Progress(states, dict(reasons.most_common()))
