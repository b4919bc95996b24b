"""What is asked about slots, and what is answered: frozen values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.solver import Reason
from scheduling.solver.problem import TravelTimes
from scheduling.terms import LinkTerms, SlotTime
from scheduling.wall import Window

Span = tuple[date, date]
"""Days, both included."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which limits hold for the one who asks; the promises made to others hold for everybody."""

    notice: bool = True
    horizon: bool = True
    cut_off: bool = True
    count: bool = True
    holds: bool = True
    present: bool = True
    """Whether the present time counts: nothing begins before now."""


CUSTOMER = Limits()
STAFF = Limits(notice=False, horizon=False, cut_off=False, count=False)
UNBOUND = Limits(notice=False, horizon=False, cut_off=False, count=False, holds=False, present=False)


@dataclass(frozen=True, slots=True)
class Question:
    """On what terms slots are asked for a block of visits that move together.

    `days` are today to the horizon unless given, cut to the union of `allowed` where there is one. `own` is the key of
    the asking customer's hold. `budget` is in seconds; None searches to the proof.
    """

    terms: LinkTerms
    travel: TravelTimes
    limits: Limits = CUSTOMER
    days: Span | None = None
    allowed: Sequence[Span] | None = None
    own: str = ""
    budget: float | None = 1.0
    explain: bool = False


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """A slot that a route can serve and the insertion that makes it possible; `order` are refs of the whole route."""

    day: date
    slot: SlotTime
    window: Window
    route_id: int
    technician: str
    start: datetime
    detour_m: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedSlot:
    """A slot that no route can serve, why, and by how many metres the least detour is too long."""

    day: date
    slot: SlotTime
    reason: Reason
    over_m: int | None


@dataclass(frozen=True, slots=True)
class Offers:
    """The answer, by date and then in the order of the configured slots; `days` are those that were asked for."""

    offers: tuple[SlotOffer, ...]
    refused: tuple[RefusedSlot, ...]
    days: tuple[date, ...]
