"""Who would be notified by a sending, by which channel, at what cost, and who can't be and why."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from notifications import opt_out, policy, render, subjects, templates
from notifications.company import Company, SmsLimits
from notifications.contacts import obstacle
from notifications.context import Context, Party
from notifications.errors import TemplateInvalid
from notifications.invite import KEY_BITS
from notifications.models import ChannelName, Invitation, InvitedVisit, Template
from notifications.reasons import Reason
from notifications.scene import Scene, promised
from scheduling import clock, settings
from scheduling.models import Confirmation, Customer, Route, Stop, Visit, VisitStatus
from scheduling.terms import LinkTerms
from scheduling.wall import Window

Chosen = Mapping[ChannelName, Template]
"""The template for each channel; SMS goes first."""


@dataclass(frozen=True, slots=True)
class Row:
    """A customer of the sending."""

    customer: Customer
    visits: tuple[Visit, ...]
    """What the message would speak of: the planned ones ahead."""
    windows: tuple[Window, ...]
    """What would be promised about each."""
    channels: tuple[ChannelName, ...]
    """The way or ways the customer would be told."""
    obstacles: Mapping[ChannelName, Reason]
    """Why a channel can't be used."""
    locale: str
    notified_at: datetime | None
    agreed: bool
    """Whether the customer agreed to every one of these promises."""
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
        """Whether the dialog ticks the customer at first: neither agreed nor told already."""
        waiting = any(visit.confirmation is Confirmation.NONE for visit in self.visits)
        return self.reachable and waiting


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
            joinedload(Visit.location),
            joinedload(Visit.site),
            joinedload(Visit.type),
            selectinload(Visit.stop).joinedload(Stop.route).joinedload(Route.technician),
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


def _told(session: Session, visit_ids: Collection[int]) -> Mapping[int, datetime]:
    """When a link was last made for each visit."""
    query = select(InvitedVisit.visit_id, func.max(Invitation.created_at)).join(Invitation)
    mine = query.where(InvitedVisit.visit_id.in_(visit_ids)).group_by(InvitedVisit.visit_id)
    return dict(session.execute(mine).all())


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
    told: Mapping[int, datetime]

    @cached_property
    def company(self) -> Company:
        return settings.load(self.session, Company)

    @cached_property
    def limits(self) -> SmsLimits:
        return settings.load(self.session, SmsLimits)

    def row(self, visits: Sequence[Visit]) -> Row:
        """What the sending would do for one customer."""
        party = subjects.of_customer(visits[0].customer)
        ahead = [visit for visit in visits if _trouble(visit) is None]
        segments, refused = self._segments(ahead)
        obstacles = {
            channel: self._obstacle(party, channel, visits, ahead) or refused.get(channel) for channel in self.chosen
        }
        ways = [channel for channel, reason in obstacles.items() if reason is None][: None if self.both else 1]
        segments = segments if ChannelName.SMS in ways else 0
        return Row(
            customer=visits[0].customer,
            visits=tuple(ahead),
            windows=tuple(window for visit in ahead if (window := promised(visit, self.terms))),
            channels=tuple(ways),
            locale=party.locale or visits[0].location.locale,
            obstacles={channel: reason for channel, reason in obstacles.items() if reason},
            notified_at=max((self.told[visit.id] for visit in visits if visit.id in self.told), default=None),
            agreed=bool(ahead) and all(visit.agreed for visit in ahead),
            segments=segments,
            cost=segments * self.context.sms_cost,
        )

    def _obstacle(
        self, party: Party, channel: ChannelName, visits: Sequence[Visit], ahead: Sequence[Visit]
    ) -> Reason | None:
        if not ahead:
            return _trouble(visits[0])
        if channel not in self.context.channels:
            return Reason.NO_CHANNEL
        return obstacle(party, channel, opted_out=self.opted_out[channel], limits=self.limits)

    def _segments(self, ahead: Sequence[Visit]) -> tuple[int, Mapping[ChannelName, Reason]]:
        """What the customer's SMS would take, all together, and why one of them could not go."""
        template = self.chosen.get(ChannelName.SMS)
        if template is None or not ahead:
            return 0, {}
        try:
            sizes = [render.render(template, self._scene(some)).size for some in spoken_of(ahead, self.chosen)]
        except TemplateInvalid:
            return 0, {ChannelName.SMS: Reason.TEMPLATE_BROKEN}
        counts = [size.segments for size in sizes if size]
        too_long = max(counts, default=0) > self.context.max_segments
        return sum(counts), {ChannelName.SMS: Reason.TOO_LONG} if too_long else {}

    def _scene(self, visits: Sequence[Visit]) -> Scene:
        """As it will be when it is sent, with a link as long as the real one."""
        customer = visits[0].customer
        until = clock.now() + timedelta(days=self.terms.validity_days)
        return Scene(
            visits=visits,
            locale=customer.locale or visits[0].location.locale,
            company=self.company,
            terms=self.terms,
            link=self.context.links.invitation(Invitation(key=2**KEY_BITS - 1, customer_id=customer.id)),
            link_until=until,
        )


def _trouble(visit: Visit) -> Reason | None:
    """Why nobody is told of this visit."""
    if visit.status is not VisitStatus.PLANNED or visit.stop is None:
        return Reason.NOT_PLANNED
    return Reason.PAST if policy.is_past(visit) else None
