"""From events to messages: each stamped event is expanded in one transaction of its own, once."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select, update
from sqlalchemy.orm import Session, selectinload

from notifications import invite, opt_out, outbox, templates
from notifications.company import SmsLimits
from notifications.contacts import obstacle
from notifications.context import Context, KillPoint, Party
from notifications.models import Action, Invitation, MessageState, Rule
from notifications.reasons import Reason
from notifications.recipients import Occasion, resolve
from scheduling import clock, settings
from scheduling import events as facts
from scheduling.db import Transaction
from scheduling.errors import NotOpen
from scheduling.events import Actor
from scheduling.models import Event, Origin, Visit
from scheduling.terms import LinkTerms

MOST_TRIES = 5
"""After these an event is set aside, where an administrator sees it."""
AT_ONCE = 500
LOG = logging.getLogger(__name__)


def expand(transaction: Transaction, context: Context) -> int:
    """Make the messages of all events that wait; returns how many events were expanded.

    A broken rule loses nothing: its event stays, is tried again with later pulses, and set aside after five tries.
    """
    with transaction() as session:
        waiting = _waiting(session)
    return sum(_try(transaction, event_id, context) for event_id in waiting)


def set_aside(session: Session) -> Sequence[Event]:
    """Events whose rules failed for good, newest first."""
    query = select(Event).where(Event.expanded_at.is_(None), Event.tries >= MOST_TRIES)
    return session.scalars(query.order_by(Event.id.desc()).limit(100)).all()


def _waiting(session: Session) -> Sequence[int]:
    """Events that some rule answers to, in their order; those that none does are done with at once."""
    answered = {
        (rule.event, origin) for rule in session.scalars(select(Rule)) if rule.enabled for origin in rule.origins
    }
    query = select(Event.id, Event.kind, Event.origin).where(
        Event.seq.is_not(None), Event.expanded_at.is_(None), Event.tries < MOST_TRIES
    )
    found = session.execute(query.order_by(Event.seq).limit(AT_ONCE)).all()
    wanted = [id_ for id_, kind, origin in found if (kind, origin) in answered]
    _done(session, [id_ for id_, kind, origin in found if (kind, origin) not in answered])
    return wanted


def _done(session: Session, event_ids: Sequence[int]) -> bool:
    """Mark events as expanded; False where none of them waited any more."""
    waiting = (Event.id.in_(event_ids), Event.expanded_at.is_(None))
    marked = update(Event).where(*waiting).values(expanded_at=clock.now()).returning(Event.id)
    return bool(event_ids and session.scalars(marked).all())


def _try(transaction: Transaction, event_id: int, context: Context) -> bool:
    try:
        with transaction() as session:
            if _done(session, [event_id]):
                _expand(session, session.get_one(Event, event_id), context)
            context.reach(KillPoint.K0)
    except Exception as error:
        LOG.exception("rules failed for event %s", event_id)
        _set_back(transaction, event_id, error)
        return False
    context.reach(KillPoint.K1)
    return True


def _set_back(transaction: Transaction, event_id: int, error: Exception) -> None:
    with transaction() as session:
        trouble = f"{type(error).__name__}: {error}"[:2000]
        session.execute(update(Event).where(Event.id == event_id).values(tries=Event.tries + 1, trouble=trouble))


def _expand(session: Session, event: Event, context: Context) -> None:
    visit = session.get(Visit, event.visit_id) if event.visit_id else None
    if visit is None:
        return
    query = select(Rule).where(Rule.event == event.kind, Rule.enabled).order_by(Rule.id)
    for rule in session.scalars(query.options(selectinload(Rule.actions))):
        if event.origin in rule.origins and event.at >= rule.active_from:
            _Expansion(Occasion(session, event, visit, context), rule).run()


@dataclass(frozen=True, slots=True)
class _Draft:
    """A message that may come to be."""

    action: Action
    party: Party
    obstacle: Reason | None

    @property
    def address(self) -> str:
        return self.party.address(self.action.template.channel)


@dataclass
class _Expansion:
    """One rule's answer to one event."""

    occasion: Occasion
    rule: Rule

    def run(self) -> None:
        """Put the messages in."""
        told: set[tuple[str, str]] = set()
        for drafts in self._by_party().values():
            for draft in _chosen(drafts):
                place = (draft.action.template.channel, draft.address)
                if draft.address and place in told:
                    continue  # two parties with one address count once
                told.add(place)
                self._insert(draft)

    def _by_party(self) -> Mapping[str, Sequence[_Draft]]:
        drafts: dict[str, list[_Draft]] = {}
        for action in self.rule.actions:
            for party in resolve(self.occasion, [str(kind) for kind in action.recipients]):
                drafts.setdefault(party.key, []).append(_Draft(action, party, self._obstacle(action, party)))
        return drafts

    def _obstacle(self, action: Action, party: Party) -> Reason | None:
        session, channel = self.occasion.session, action.template.channel
        if channel not in self.occasion.context.channels:
            return Reason.NO_CHANNEL
        opted_out = opt_out.among(session, channel, [party.address(channel)])
        return obstacle(party, channel, opted_out=opted_out, limits=settings.load(session, SmsLimits))

    def _insert(self, draft: _Draft) -> None:
        event, visit, template = self.occasion.event, self.occasion.visit, draft.action.template
        reason = draft.obstacle or self._stale()
        linked = reason is None and draft.party.customer is not None and templates.carries_link(template)
        invitation = self._invitation if linked else None
        promise = facts.window_of(event.payload) is not None or invitation is not None
        outbox.insert(
            self.occasion.session,
            key=outbox.dedupe_key(
                source=f"rule:{self.rule.id}",
                action=str(draft.action.id),
                subject=f"visit:{visit.id}",
                recipient=draft.party.key,
                channel=template.channel,
                occurrence=f"event:{event.id}",
            ),
            state=MessageState.SKIPPED if reason else MessageState.READY,
            reason=reason,
            channel=template.channel,
            template_id=template.id,
            rule_id=self.rule.id,
            event_id=event.id,
            invitation_id=invitation.id if invitation else None,
            customer_id=draft.party.customer.id if draft.party.customer else None,
            visit_id=visit.id,
            generation=visit.generation if promise else None,
            party=draft.party.key,
            recipient=draft.address,
            locale=draft.party.locale or visit.location.locale,
            not_after=visit.window_end if promise else None,
        )

    def _stale(self) -> Reason | None:
        """An older event of a promise that has changed again since."""
        return Reason.SUPERSEDED if facts.outdated(self.occasion.event, self.occasion.visit) else None

    @cached_property
    def _invitation(self) -> Invitation | None:
        """A link for the customer, one for all messages of the event; None where the visit isn't planned any more."""
        session, visit = self.occasion.session, self.occasion.visit
        terms, actor = settings.load(session, LinkTerms), Actor(Origin.RULE, f"rule:{self.rule.id}")
        try:
            return invite.again(session, visit, terms=terms, actor=actor)
        except NotOpen:
            return None


def _chosen(drafts: Iterable[_Draft]) -> Sequence[_Draft]:
    """What reaches a party; where nothing does, everything, so that the rows say why."""
    every, reaching = list(drafts), list[_Draft]()
    for draft in every:
        if draft.obstacle is None and not (draft.action.otherwise and reaching):
            reaching.append(draft)
    return reaching or every
