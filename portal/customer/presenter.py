"""What customer pages show: frozen values, so that what isn't on them can't leak."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup

from notifications.models import InvitedVisit
from portal.appearance import PageTexts
from portal.customer import discretion, frame, renewal
from portal.customer.door import Guest
from portal.customer.forms import Seal
from portal.customer.frame import Page
from scheduling import clock, slots, tasks, visits
from scheduling.errors import NotOpen
from scheduling.models import Confirmation, TaskKind, Visit, VisitStatus
from scheduling.wall import Window


class State(StrEnum):
    """What is true about an appointment now; the page of each says so."""

    ASK = "ask"
    MOVED = "moved"
    """Somebody else changed it since the message."""
    CONFIRMED = "confirmed"
    RESCHEDULED = "rescheduled"
    PAST = "past"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"
    UNPLANNED = "unplanned"


OPEN = frozenset({State.ASK, State.MOVED, State.CONFIRMED, State.RESCHEDULED})
HEARD = OPEN | {State.PAST, State.UNPLANNED}
"""Where a wish makes sense."""
DATED = frozenset(State) - {State.UNPLANNED}
OF_STATUS = {
    VisitStatus.STARTED: State.UNDER_WAY,
    VisitStatus.SUSPENDED: State.UNDER_WAY,
    VisitStatus.COMPLETED: State.DONE,
    VisitStatus.VALIDATED: State.DONE,
    VisitStatus.CANCELLED: State.CANCELLED,
    VisitStatus.DELETED: State.CANCELLED,
    VisitStatus.DRAFT: State.UNPLANNED,
    VisitStatus.UNPLANNED: State.UNPLANNED,
}


@dataclass(frozen=True, slots=True)
class When:
    """A promised interval on the wall clock of the place."""

    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        """The date."""
        return self.start.date()

    @classmethod
    def of(cls, window: Window, zone: ZoneInfo) -> "When":
        """The window as the zone's clocks show it."""
        return cls(window.start.astimezone(zone), window.end.astimezone(zone))


@dataclass(frozen=True, slots=True)
class Card:
    """One appointment as the customer may know it."""

    number: int
    title: str
    state: State
    when: When | None
    was: When | None
    """What the message said, where that is no longer so."""
    place: str
    together: Sequence[str]
    """What moves along with it."""
    asked: str
    """What the customer asked for and still waits for, in words."""
    confirm: Markup | None
    undo: Markup | None
    calendar: bool
    """Whether the customer agreed to a time that he can put into his calendar."""
    movable: bool
    heard: bool
    """Whether a wish about it makes sense."""
    obstacle: str
    """Why it can't be moved online, as a sentence; empty where it can or where nobody can."""
    until: datetime | None
    """Till when it can be changed online."""


@dataclass(frozen=True, slots=True)
class CustomerView:
    """The page behind a link."""

    page: Page
    texts: PageTexts
    name: str
    gone: str | None
    cards: Sequence[Card]
    expires: date
    renew: Markup | None
    renewed: bool
    """Whether a new link is on its way already."""

    @property
    def asking(self) -> bool:
        """Whether an answer to the message is awaited."""
        return any(card.state is State.ASK for card in self.cards)


def customer_view(guest: Guest) -> CustomerView:
    """Everything on the page behind the link; of a link that is gone nothing about the visits."""
    gone, items = guest.gone, () if guest.gone else tuple(guest.numbered())
    zone = next((item.visit.location.zone for item in guest.invitation.items), ZoneInfo("UTC"))
    return CustomerView(
        page=frame.page(guest),
        texts=frame.texts(guest),
        name=discretion.first_name(guest.invitation.customer.name),
        gone=gone,
        cards=[card(guest, number, item) for number, item in items],
        expires=guest.invitation.expires_at.astimezone(zone).date(),
        renew=Seal(guest.invitation, 0, "renew", ()).hidden() if gone == "expired" else None,
        renewed=gone == "expired" and renewal.renewed(guest.session, guest.invitation),
    )


def card(guest: Guest, number: int, item: InvitedVisit) -> Card:
    """One appointment: what is true about it, and what may be done."""
    visit, state = item.visit, state_of(guest, item)
    block = guest.block(number) if state in OPEN else []
    why_not = _why_not(guest, block) if block else None
    return Card(
        number=number,
        title=frame.title(visit) if guest.owns(visit) else gettext("Appointment"),
        state=state,
        when=_when(guest, item, state),
        was=_was(item) if state in {State.MOVED, State.UNPLANNED} else None,
        place=discretion.address(visit.site.address, whole=visit.agreed) if guest.owns(visit) else "",
        together=[frame.title(other) for other in block if other is not visit],
        asked=_asked(guest, visit) if state in HEARD else "",
        confirm=Seal(guest.invitation, number, "confirm", block).hidden()
        if state in {State.ASK, State.MOVED}
        else None,
        undo=_undo(guest, number, block, state),
        calendar=state in {State.CONFIRMED, State.RESCHEDULED},
        heard=state in HEARD,
        movable=bool(block) and why_not is None,
        obstacle=obstacle(why_not) if why_not else "",
        until=_until(guest, visit) if block else None,
    )


def state_of(guest: Guest, item: InvitedVisit) -> State:
    """What is true about the appointment now, seen from the message that carried the link."""
    visit = item.visit
    if not guest.owns(visit):
        return State.CANCELLED
    if visit.status in OF_STATUS:
        return OF_STATUS[visit.status]
    if visit.window is None:
        return State.UNPLANNED
    if visit.window.end < clock.now():
        return State.PAST
    if visit.agreed:
        return State.CONFIRMED if visit.confirmation is Confirmation.CONFIRMED else State.RESCHEDULED
    return State.ASK if visit.window == Window(item.window_start, item.window_end) else State.MOVED


def obstacle(why: str) -> str:
    """Why something can't be done online, as a sentence; empty where it isn't meant to be."""
    sentences: dict[str, str] = {
        "cut_off": gettext("It is too close to the appointment to change it online."),
        "count": gettext("You have moved this appointment online as often as possible."),
        "past": gettext("The time of this appointment has passed."),
        "status": gettext("This appointment can no longer be changed online."),
    }
    return sentences.get(why, "")


def _why_not(guest: Guest, block: Sequence[Visit]) -> str | None:
    try:
        for visit in block:
            slots.may_reschedule(visit, guest.question())
    except NotOpen as error:
        return error.why
    return None


def _when(guest: Guest, item: InvitedVisit, state: State) -> When | None:
    """The promise as it stands; of another customer's visit only what the message said."""
    visit = item.visit
    if not guest.owns(visit):
        return _was(item)
    return When.of(visit.window, visit.location.zone) if visit.window and state in DATED else None


def _was(item: InvitedVisit) -> When:
    return When.of(Window(item.window_start, item.window_end), item.visit.location.zone)


def _asked(guest: Guest, visit: Visit) -> str:
    kinds: dict[TaskKind, str] = {
        TaskKind.WISH: gettext("We are looking for another time and will get in touch."),
        TaskKind.CALL_BACK: gettext("We will call you back."),
        TaskKind.NOT_NEEDED: gettext("You told us that you no longer need this appointment. We will get in touch."),
    }
    waiting = tasks.open_of(guest.session, visit)
    return kinds[waiting[-1].kind] if waiting else ""


def _undo(guest: Guest, number: int, block: Sequence[Visit], state: State) -> Markup | None:
    """The seal of taking back, where that is possible."""
    if state not in {State.CONFIRMED, State.RESCHEDULED} or _until(guest, block[0]) is None:
        return None
    if state is State.RESCHEDULED and slots.moved_from(guest.session, block[0]) is None:
        return None
    return Seal(guest.invitation, number, "undo", block).hidden()


def _until(guest: Guest, visit: Visit) -> datetime | None:
    """Till when the appointment can be changed online; None when that has passed."""
    try:
        visits.before_cut_off(visit, guest.terms)
    except NotOpen:
        return None
    last = visit.window.start - timedelta(hours=guest.terms.cut_off_hours) if visit.window else None
    return last and last.astimezone(visit.location.zone)
