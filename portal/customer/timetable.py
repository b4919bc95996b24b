"""The days and slots a customer chooses from, and the step before the move, as frozen values."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import dropwhile, groupby

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import select

from portal.appearance import PageTexts
from portal.customer import frame
from portal.customer.door import Guest
from portal.customer.forms import Seal, write_slot
from portal.customer.frame import Page
from portal.customer.presenter import When
from scheduling import clock, slots
from scheduling.choices import Offers
from scheduling.errors import NotOpen
from scheduling.models import Hold, Visit
from scheduling.solver.problem import Reason
from scheduling.terms import LinkTerms, SlotTime
from scheduling.wall import Window


@dataclass(frozen=True, slots=True)
class Choice:
    """One slot of a day: to be had, or full."""

    value: str
    hours: tuple[time, time]
    free: bool
    best: bool
    """The least way for the technician among all."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day with its slots, or a run of days without any."""

    first: date
    last: date
    choices: Sequence[Choice]

    @property
    def free(self) -> int:
        """How many slots can be had."""
        return sum(choice.free for choice in self.choices)


@dataclass(frozen=True, slots=True)
class SlotsView:
    """The page where another time is chosen."""

    page: Page
    texts: PageTexts
    number: int
    title: str
    now: When | None
    together: Sequence[str]
    days: Sequence[Day]
    none: str
    """Why nothing can be chosen; empty where something can."""
    error: str
    chosen: str
    hidden: Markup


@dataclass(frozen=True, slots=True)
class ReviewView:
    """The page before a move."""

    page: Page
    number: int
    title: str
    now: When | None
    new: When
    together: Sequence[str]
    held_until: datetime | None
    """On the wall clock; None where the hold has run out."""
    slot: str
    move: Markup
    release: Markup


def slots_view(guest: Guest, number: int, offers: Offers | None, *, chosen: str = "", error: str = "") -> SlotsView:
    """What can be chosen; `offers` is None where the place isn't known."""
    block, visit = guest.block(number), guest.visit(number)
    now = when(visit)
    days = laid_out(offers, now, guest.terms) if offers else []
    return SlotsView(
        page=frame.page(guest),
        texts=frame.texts(guest),
        number=number,
        title=frame.title(visit),
        now=now,
        together=[frame.title(other) for other in block if other is not visit],
        days=days,
        none="" if any(day.free for day in days) else _why_none(guest, block, offers),
        error=error,
        chosen=chosen,
        hidden=Seal(guest.invitation, number, "review", block).hidden(),
    )


def review_view(guest: Guest, number: int, slot: str, window: Window) -> ReviewView:
    """The move as it would be, with what is held."""
    block, visit = guest.block(number), guest.visit(number)
    zone = visit.location.zone
    held = _held_until(guest, block, window)
    return ReviewView(
        page=frame.page(guest),
        number=number,
        title=frame.title(visit),
        now=when(visit),
        new=When.of(window, zone),
        together=[frame.title(other) for other in block if other is not visit],
        held_until=held and held.astimezone(zone),
        slot=slot,
        move=Seal(guest.invitation, number, "move", block).hidden(),
        release=Seal(guest.invitation, number, "release", block).hidden(),
    )


def when(visit: Visit) -> When | None:
    """The present promise; None where the customer is to choose one. Raises `NotOpen` where there is none."""
    if visit.choosing:
        return None
    if visit.window is None:
        raise NotOpen(visit.ref, "status")
    return When.of(visit.window, visit.location.zone)


def _held_until(guest: Guest, block: Sequence[Visit], window: Window) -> datetime | None:
    mine = Hold.visit_id == block[0].id, Hold.key == guest.question().own, Hold.slot_start == window.start
    return guest.session.scalar(select(Hold.expires_at).where(*mine, Hold.expires_at > clock.now()))


def laid_out(offers: Offers, now: When | None, terms: LinkTerms) -> list[Day]:
    """Days with their slots in order."""
    detours = {
        (offer.day, offer.slot): offer.detour_m for offer in offers.offers if not _is(now, offer.day, offer.slot)
    }
    full = {(refused.day, refused.slot) for refused in offers.refused}
    best = min(detours, key=lambda asked: detours[asked], default=None)
    days = []
    for day in offers.days:
        asked = [slot for slot in terms.slots if (day, slot) in detours or (day, slot) in full]
        choices = [
            _choice(day, slot, free=(day, slot) in detours, best=(day, slot) == best)
            for slot in asked
            if not _is(now, day, slot)
        ]
        days.append(Day(day, day, choices))
    return _drawn_together(days)


def _drawn_together(days: Iterable[Day]) -> list[Day]:
    """Days without a free slot as runs; those before the first that has one are left out."""
    ahead = dropwhile(lambda day: not day.free, days)
    runs = ((free, list(run)) for free, run in groupby(ahead, key=lambda day: day.free > 0))
    return [day for free, run in runs for day in (run if free else [Day(run[0].first, run[-1].last, ())])]


def _is(now: When | None, day: date, slot: SlotTime) -> bool:
    return now is not None and (now.day, now.start.time(), now.end.time()) == (day, slot.start, slot.end)


def _choice(day: date, slot: SlotTime, *, free: bool, best: bool) -> Choice:
    hours = slot.start, slot.end
    return Choice(write_slot(day, *hours), hours, free=free, best=best)


def _why_none(guest: Guest, block: Sequence[Visit], offers: Offers | None) -> str:
    """Why nothing can be chosen, in a sentence; asks once more for the reasons, which takes longer."""
    if offers is None:
        return str(gettext("We can't work out times for your address online."))
    if not offers.refused and not offers.offers:
        return str(gettext("The days that can be chosen online have passed or are too near."))
    refused = slots.offer(guest.session, block, guest.question(explain=True)).refused
    [(reason, _)] = Counter(no.reason for no in refused).most_common(1) or [(Reason.WINDOW, 0)]
    sentences: dict[Reason, str] = {
        Reason.NO_ROUTE: gettext("Nobody works on these days."),
        Reason.SKILL: gettext("Nobody who does this kind of work is free on these days."),
        Reason.DETOUR: gettext("On these days nobody comes near your address."),
        Reason.UNDECIDED: gettext("We could not work out the times just now. Try again in a few minutes."),
    }
    return sentences.get(reason) or str(gettext("All times on these days are taken."))
