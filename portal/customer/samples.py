"""A customer and an appointment that stand in no table, for every page of customers to be looked at by staff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup

from portal.appearance import PageTexts
from portal.customer import problems, timetable, words
from portal.customer.forms import Seal, WishForm, write_slot
from portal.customer.frame import Page
from portal.customer.presenter import Calendars, Card, CustomerView, When
from portal.customer.problems import Problem
from portal.customer.state import AGREED, DATED, HEARD, OPEN, WAITING, State
from portal.customer.timetable import ReviewView, SlotsView
from scheduling import asking, clock, wall
from scheduling.choices import Offers, Question, RefusedSlot, SlotOffer
from scheduling.errors import NoSuchWallTime, StaleVisit
from scheduling.models import Location, Visit
from scheduling.solver import Reason
from scheduling.terms import LinkTerms, SlotTime

UNSEALED = Markup("<!-- no seal -->")
"""Where a form would carry what binds it to a link."""
NOWHERE = "#"
NAME, TECHNICIAN = "Ana", "Ben"
TITLES = {"en": "Boiler maintenance", "fr": "Entretien de la chaudière", "de": "Heizungswartung"}
PLACE, WHOLE_PLACE = "Oak Street, Arlington", "12 Oak Street, Arlington"
DETOURS = (1_800, 6_400, 3_200, 12_500, 8_900, 700, 21_000, 4_700)
"""Metres, in turn, so that a detour that is set shows what it would let through."""
SUNDAY = 7


class NoSeal(Seal):
    """A seal that seals nothing."""

    def hidden(self) -> Markup:
        """No field: the form is nobody's."""
        return UNSEALED


@dataclass(frozen=True, slots=True)
class Sample:
    """What the pages are made of: settings that need not have been saved, and the frame of a page in one language."""

    page: Page
    terms: LinkTerms
    texts: PageTexts
    zone: ZoneInfo
    question: Question
    """How the sample customer would ask for slots."""

    @property
    def title(self) -> str:
        """The kind of work."""
        return TITLES.get(self.page.language, TITLES["en"])

    @property
    def movable(self) -> bool:
        """Whether the customer may choose another time."""
        return self.terms.rescheduling and self.terms.max_reschedules > 0

    @property
    def now(self) -> When:
        """The promise: the first slot of a working day that is neither past the cut-off nor too near."""
        ahead = timedelta(hours=self.terms.cut_off_hours, days=2)
        day = _working_day((clock.now() + ahead).astimezone(self.zone).date())
        slot = next((slot for slot in self.terms.slots if slot.holds_on(day)), SlotTime(start=time(8), end=time(10)))
        return self._when(day, slot)

    @property
    def before(self) -> When:
        """What the message said where the company has moved the appointment since."""
        return When(self.now.start - timedelta(days=1), self.now.end - timedelta(days=1))

    def _when(self, day: date, slot: SlotTime) -> When:
        try:
            return When.of(wall.window(day, slot.start, slot.end, self.zone), self.zone)
        except NoSuchWallTime:  # the clock is put forward in the middle of the slot
            return self._when(day + timedelta(days=1), slot)


def _working_day(day: date) -> date:
    return day + timedelta(days=max(0, 8 - day.isoweekday())) if day.isoweekday() > 5 else day


def appointment(sample: Sample, state: State, gone: str | None = None) -> CustomerView:
    """The page behind a link."""
    return CustomerView(
        page=sample.page,
        texts=sample.texts,
        name=NAME,
        gone=gone,
        cards=() if gone else (card(sample, state),),
        expires=(clock.now() + timedelta(days=sample.terms.validity_days)).astimezone(sample.zone).date(),
        renew=UNSEALED if gone == "expired" else None,
        renewed=False,
    )


def card(sample: Sample, state: State) -> Card:
    """The appointment in one of its states."""
    agreed, tellable = state in AGREED, state in OPEN
    return Card(
        number=1,
        title=sample.title,
        state=state,
        when=sample.now if state in DATED else None,
        was=sample.before if state in {State.MOVED, State.UNPLANNED} else None,
        place=WHOLE_PLACE if agreed else PLACE,
        together=(),
        asked="",
        confirm=UNSEALED if state in WAITING else None,
        undo=UNSEALED if agreed else None,
        earlier=UNSEALED if agreed else None,
        wants_earlier=False,
        calendars=Calendars(NOWHERE, NOWHERE) if agreed else None,
        technician=TECHNICIAN if agreed and sample.terms.show_technician else "",
        map_url=NOWHERE if agreed else "",
        said="",
        movable=tellable and sample.movable,
        heard=state in HEARD,
        obstacle=words.obstacle("count") if tellable and sample.terms.rescheduling and not sample.movable else "",
        until=_until(sample) if tellable and state in DATED else None,
    )


def _until(sample: Sample) -> datetime:
    return sample.now.start - timedelta(hours=sample.terms.cut_off_hours)


def refusal() -> Problem:
    """What is said where a page was too old to act."""
    return problems.of(StaleVisit("", 0, 1))


def slots(sample: Sample, *, any_left: bool = True) -> SlotsView:
    """The page where another time is chosen: every slot that the settings allow, with made-up detours."""
    offers = offered(sample) if any_left else Offers((), (), ())
    days = timetable.laid_out(offers, sample.now, sample.terms)
    return SlotsView(
        page=sample.page,
        texts=sample.texts,
        number=1,
        title=sample.title,
        now=sample.now,
        together=(),
        days=days,
        none="" if any(day.free for day in days) else _why_none(offers),
        error="",
        chosen="",
        hidden=UNSEALED,
    )


def _why_none(offers: Offers) -> str:
    if offers.refused:
        return str(gettext("On these days nobody comes near your address."))
    return str(gettext("The days that can be chosen online have passed or are too near."))


def offered(sample: Sample) -> Offers:
    """What a sample solver says: nothing on Sundays, else a detour in turn, offered up to the longest allowed."""
    place = Location(zone_name=sample.zone.key)
    days = list(asking.days(place, sample.question))
    found: list[SlotOffer] = []
    refused: list[RefusedSlot] = []
    for number, (day, slot, window) in enumerate(asking.choices(place, days, sample.question)):
        detour = DETOURS[(number + day.toordinal()) % len(DETOURS)]
        if day.isoweekday() == SUNDAY:
            refused.append(RefusedSlot(day, slot, Reason.NO_ROUTE, None))
        elif detour > sample.terms.max_detour:
            refused.append(RefusedSlot(day, slot, Reason.DETOUR, detour - sample.terms.max_detour))
        else:
            found.append(SlotOffer(day, slot, window, 0, TECHNICIAN, window.start, detour, ()))
    return Offers(tuple(found), tuple(refused), tuple(days))


def review(sample: Sample) -> ReviewView:
    """The step before the move: to the best slot, else to the day after."""
    best = min(offered(sample).offers, key=lambda offer: offer.detour_m, default=None)
    day = timedelta(days=1)
    new = When.of(best.window, sample.zone) if best else When(sample.now.start + day, sample.now.end + day)
    held = clock.now() + timedelta(minutes=sample.terms.hold_minutes)
    return ReviewView(
        page=sample.page,
        number=1,
        title=sample.title,
        now=sample.now,
        new=new,
        together=(),
        held_until=held.astimezone(sample.zone),
        slot=write_slot(new.day, new.start.time(), new.end.time()),
        move=UNSEALED,
        release=UNSEALED,
    )


def wishes(sample: Sample) -> WishForm:
    """The form for what no slot suits, as it is before anything is typed."""
    block: Sequence[Visit] = [Visit(location=Location(zone_name=sample.zone.key))]
    form = WishForm(NoSeal(None, 1, "wishes", block))  # type: ignore[arg-type]  # no invitation: nothing is sealed
    form.process(None)
    return form
