"""Who would be notified by a sending, by which channel, at what cost, and who can't be and why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from notifications import opt_out, policy, render, subjects, templates
from notifications.company import Company, SmsLimits
from notifications.contacts import obstacle
from notifications.context import Context, Party
from notifications.errors import TemplateInvalid
from notifications.invite import KEY_BITS
from notifications.models import ChannelName, Invitation, InvitedVisit, Message, MessageState, Template
from notifications.reasons import Reason
from notifications.scene import Scene, promised
from notifications.sms_text import Size
from scheduling import clock, settings
from scheduling.models import Confirmation, Customer, Route, Stop, Visit, VisitStatus
from scheduling.terms import LinkTerms
from scheduling.wall import Window

Chosen = Mapping[ChannelName, Template]
"""The template for each channel; SMS goes first."""
IN_VAIN = frozenset(
    {MessageState.CANCELLED, MessageState.SKIPPED, MessageState.FAILED, MessageState.UNDELIVERED},
)
"""States of a message that told nobody anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """A customer of the sending."""

    customer: Customer
    visits: tuple[Visit, ...]
    """What the message would speak of: the planned ones ahead."""
    windows: tuple[Window | None, ...]
    """What would be promised about each."""
    channels: tuple[ChannelName, ...]
    """The way or ways the customer would be told."""
    obstacles: Mapping[ChannelName, Reason]
    """Why a channel can't be used."""
    locale: str
    notified_at: datetime | None
    """When the customer was last told, by a link that reached him as far as anybody knows."""
    in_vain: bool
    """Whether links were made and none of them reached the customer."""
    agreed: bool
    """Whether the customer agreed to every one of these promises."""
    size: Size | None = None
    """Of the longest SMS."""
    segments: int = 0
    cost: float = 0.0

    @property
    def party(self) -> Party:
        """The customer as somebody who can be told."""
        return subjects.of_customer(self.customer)

    @property
    def reachable(self) -> bool:
        """Whether any channel can be used."""
        return bool(self.channels)

    @property
    def reason(self) -> Reason | None:
        """Why the customer can't be reached at all: of the first channel."""
        return None if self.reachable else next(iter(self.obstacles.values()), None)

    @property
    def preset(self) -> bool:
        """Whether a sending takes the customer if nobody chooses: can be reached, neither agreed nor told already."""
        return self.reachable and self.untold

    @property
    def untold(self) -> bool:
        """Whether any visit's customer neither agreed to its promise nor was told of it."""
        silent = {Confirmation.NONE, Confirmation.NOTIFIED} if self.in_vain else {Confirmation.NONE}
        return any(visit.confirmation in silent for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody whom a sending is about, with honest counts."""

    rows: Sequence[Row]

    def of(self, customer_ids: Collection[int]) -> "Audience":
        """The same for some customers only."""
        return Audience([row for row in self.rows if row.customer.id in customer_ids])

    @property
    def preset(self) -> "Audience":
        """Those ticked at first."""
        return Audience([row for row in self.rows if row.preset])

    @property
    def reachable(self) -> Sequence[Row]:
        """Those who will be told."""
        return [row for row in self.rows if row.reachable]

    @property
    def unreachable(self) -> Mapping[Reason, int]:
        """How many can't be told, by reason, the most frequent first."""
        reasons = Counter(row.reason for row in self.rows if row.reason)
        return dict(reasons.most_common())

    @property
    def longest(self) -> Row | None:
        """Who gets the longest SMS, None where nobody gets one."""
        told = [row for row in self.reachable if row.size]
        return max(told, key=lambda row: (row.size.segments, row.size.units) if row.size else (0, 0), default=None)

    @property
    def segments(self) -> int:
        """Of all SMS together."""
        return sum(row.segments for row in self.reachable)

    @property
    def cost(self) -> float:
        """Of all SMS together."""
        return sum(row.cost for row in self.reachable)


def gather(
    session: Session, visit_ids: Collection[int], chosen: Chosen, *, terms: LinkTerms, context: Context, both: bool
) -> Audience:
    """Count who would be told of the visits: SMS where it can be, else e-mail; or, if `both`, each way there is."""
    visits = _load(session, visit_ids)
    by_customer: dict[int, list[Visit]] = {}
    for visit in visits:
        by_customer.setdefault(visit.customer_id, []).append(visit)
    counter = _Counter(
        session, chosen, terms, context, both, _addresses_out(session, visits), _told(session, visit_ids)
    )
    return Audience([counter.row(some) for some in by_customer.values()])


def _load(session: Session, visit_ids: Collection[int]) -> Sequence[Visit]:
    query = (
        select(Visit)
        .where(Visit.id.in_(visit_ids))
        .options(
            joinedload(Visit.customer).selectinload(Customer.consents),
            joinedload(Visit.site),
            selectinload(Visit.location),
            selectinload(Visit.type),
            joinedload(Visit.stop).selectinload(Stop.route).selectinload(Route.technician),
        )
    )
    visits = session.scalars(query).unique().all()
    return sorted(visits, key=lambda visit: (visit.stop.planned_start if visit.stop else clock.now(), visit.id))


def _addresses_out(session: Session, visits: Sequence[Visit]) -> Mapping[ChannelName, frozenset[str]]:
    parties = [subjects.of_customer(visit.customer) for visit in visits]
    return {
        channel: opt_out.among(session, channel, [party.address(channel) for party in parties])
        for channel in ChannelName
    }


def _told(session: Session, visit_ids: Collection[int]) -> Mapping[int, datetime | None]:
    """When a link last reached the customer of each visit that links were made for; None: none of them did.

    A link without a message was made by hand, to be passed on.
    """
    arrived = or_(Message.id.is_(None), Message.state.not_in(IN_VAIN))
    query = (
        select(InvitedVisit.visit_id, func.max(case((arrived, Invitation.created_at))))
        .join(Invitation)
        .outerjoin(Message, Message.invitation_id == Invitation.id)
        .where(InvitedVisit.visit_id.in_(visit_ids))
        .group_by(InvitedVisit.visit_id)
    )
    return dict(session.execute(query).all())


def spoken_of(visits: Sequence[Visit], chosen: Chosen) -> Sequence[Sequence[Visit]]:
    """What single messages speak of: a link covers all visits of the customer, without one each visit has its own."""
    linked = any(templates.carries_link(template) for template in chosen.values())
    return [visits] if linked else [[visit] for visit in visits]


@dataclass(frozen=True)
class _Counter:
    session: Session
    chosen: Chosen
    terms: LinkTerms
    context: Context
    both: bool
    opted_out: Mapping[ChannelName, frozenset[str]]
    told: Mapping[int, datetime | None]

    @cached_property
    def company(self) -> Company:
        return settings.load(self.session, Company)

    @cached_property
    def limits(self) -> SmsLimits:
        return settings.load(self.session, SmsLimits)

    def row(self, visits: Sequence[Visit]) -> Row:
        """What the sending would do for one customer."""
        party = subjects.of_customer(visits[0].customer)
        ahead = [visit for visit in visits if self._trouble(visit) is None]
        sizes, refused = self._sizes(ahead)
        obstacles = {
            channel: self._obstacle(party, channel, visits, ahead) or refused.get(channel) for channel in self.chosen
        }
        ways = [channel for channel, reason in obstacles.items() if reason is None][: None if self.both else 1]
        by_sms = sizes if ChannelName.SMS in ways else ()
        segments = sum(size.segments for size in by_sms)
        told = [self.told[visit.id] for visit in visits if visit.id in self.told]
        return Row(
            customer=visits[0].customer,
            visits=tuple(ahead),
            windows=tuple(promised(visit, self.terms) for visit in ahead),
            channels=tuple(ways),
            locale=party.locale or visits[0].location.locale,
            obstacles={channel: reason for channel, reason in obstacles.items() if reason},
            notified_at=max(filter(None, told), default=None),
            in_vain=bool(told) and not any(told),
            agreed=bool(ahead) and all(visit.agreed for visit in ahead),
            size=max(by_sms, key=lambda size: (size.segments, size.units), default=None),
            segments=segments,
            cost=segments * self.context.sms_cost,
        )

    def _trouble(self, visit: Visit) -> Reason | None:
        """Why nobody is told of this visit; the customer of an unplanned one may be invited to choose a time."""
        if visit.status is VisitStatus.UNPLANNED and self.terms.rescheduling:
            return None
        if visit.status is not VisitStatus.PLANNED or visit.stop is None:
            return Reason.NOT_PLANNED
        return Reason.PAST if policy.is_past(visit) else None

    def _obstacle(
        self, party: Party, channel: ChannelName, visits: Sequence[Visit], ahead: Sequence[Visit]
    ) -> Reason | None:
        if not ahead:
            return self._trouble(visits[0])
        if channel not in self.context.channels:
            return Reason.NO_CHANNEL
        return obstacle(party, channel, opted_out=self.opted_out[channel], limits=self.limits)

    def _sizes(self, ahead: Sequence[Visit]) -> tuple[Sequence[Size], Mapping[ChannelName, Reason]]:
        """What each SMS to the customer would take, and why one of them could not go."""
        template = self.chosen.get(ChannelName.SMS)
        if template is None or not ahead:
            return (), {}
        try:
            written = [render.render(template, self._scene(some)) for some in spoken_of(ahead, self.chosen)]
        except TemplateInvalid:
            return (), {ChannelName.SMS: Reason.TEMPLATE_BROKEN}
        sizes = [text.size for text in written if text.size]
        too_long = any(size.segments > self.context.max_segments for size in sizes)
        return sizes, {ChannelName.SMS: Reason.TOO_LONG} if too_long else {}

    def _scene(self, visits: Sequence[Visit]) -> Scene:
        return scene(visits, company=self.company, terms=self.terms, link=self.link)

    @cached_property
    def link(self) -> str:
        """As long as every real one."""
        return self.context.links.invitation(Invitation(key=2**KEY_BITS - 1))


def scene(visits: Sequence[Visit], *, company: Company, terms: LinkTerms, link: str) -> Scene:
    """What a customer's text will speak of when it is sent now."""
    return Scene(
        visits=visits,
        locale=visits[0].customer.locale or visits[0].location.locale,
        company=company,
        terms=terms,
        link=link,
        link_until=clock.now() + timedelta(days=terms.validity_days),
    )
