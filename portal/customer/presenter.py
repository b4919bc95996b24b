"""What customer pages show: frozen values, so that what isn't on them can't leak."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext
from markupsafe import Markup

from notifications import calendar
from notifications.company import Company
from notifications.models import InvitedVisit
from portal.appearance import PageTexts
from portal.customer import discretion, frame, renewal, words
from portal.customer.door import Guest
from portal.customer.forms import Seal
from portal.customer.frame import Page
from portal.customer.state import AGREED, DATED, HEARD, OPEN, WAITING, State, state_of
from scheduling import settings, slots, visits
from scheduling.errors import NotOpen
from scheduling.models import Site, Visit
from scheduling.wall import Window


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
class Calendars:
    """Where calendars on the web take the appointment; the file is for all others."""

    google: str
    outlook: str


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
    earlier: Markup | None
    """The seal of the tick "earlier if possible", where it makes sense."""
    wants_earlier: bool
    calendars: Calendars | None
    """None until the customer has agreed to a time."""
    technician: str
    """The first name of who comes; empty where that isn't told, and until the customer has agreed."""
    map_url: str
    """The place on a map; empty until the customer has agreed, since a link may be passed on."""
    said: str
    """What was just done about it, in words, where its state doesn't say so."""
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


def customer_view(guest: Guest, said: tuple[int, str] | None = None) -> CustomerView:
    """Everything on the page behind the link; of a link that is gone nothing about the visits.

    `said` is the number of an appointment and what was just done about it.
    """
    gone, items = guest.gone, () if guest.gone else tuple(guest.numbered())
    zone = next((item.visit.location.zone for item in guest.invitation.items), ZoneInfo("UTC"))
    return CustomerView(
        page=frame.page(guest),
        texts=frame.texts(guest),
        name=discretion.first_name(guest.invitation.customer.name),
        gone=gone,
        cards=[card(guest, number, item, dict([said] if said else []).get(number, "")) for number, item in items],
        expires=guest.invitation.expires_at.astimezone(zone).date(),
        renew=Seal(guest.invitation, 0, "renew", ()).hidden() if gone == "expired" else None,
        renewed=gone == "expired" and renewal.renewed(guest.session, guest.invitation),
    )


def card(guest: Guest, number: int, item: InvitedVisit, said: str = "") -> Card:
    """One appointment: what is true about it, and what may be done."""
    visit, state = item.visit, state_of(guest, item)
    block = guest.block(number) if state in OPEN else []
    why_not = _why_not(guest, block) if block else None
    agreed = state in AGREED
    return Card(
        number=number,
        title=frame.title(visit) if guest.owns(visit) else gettext("Appointment"),
        state=state,
        when=_when(guest, item, state),
        was=_was(item) if state in {State.MOVED, State.UNPLANNED} else None,
        place=discretion.address(visit.site.address, whole=visit.agreed) if guest.owns(visit) else "",
        together=[frame.title(other) for other in block if other is not visit],
        asked=words.asked(guest.session, visit, state) if state in HEARD else "",
        confirm=Seal(guest.invitation, number, "confirm", [visit]).hidden() if state in WAITING else None,
        undo=_undo(guest, number, block, state),
        earlier=Seal(guest.invitation, number, "earlier", [visit]).hidden() if agreed else None,
        wants_earlier=visit.earlier,
        calendars=_calendars(guest, visit) if agreed else None,
        technician=_technician(guest, visit) if agreed else "",
        map_url=_map_url(visit.site) if agreed else "",
        said=words.said(said, state, visit),
        heard=state in HEARD,
        movable=bool(block) and why_not is None,
        obstacle=words.obstacle(why_not) if why_not else "",
        until=_until(guest, visit) if block else None,
    )


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


def _was(item: InvitedVisit) -> When | None:
    if item.open:
        return None
    return When.of(Window(item.window_start, item.window_end), item.visit.location.zone)


def _calendars(guest: Guest, visit: Visit) -> Calendars | None:
    if visit.window is None:
        return None
    entry = {"summary": summary(guest, visit), "place": visit.site.address}
    return Calendars(calendar.google_url(visit.window, **entry), calendar.outlook_url(visit.window, **entry))


def summary(guest: Guest, visit: Visit) -> str:
    """What the appointment is called in a calendar."""
    return f"{frame.title(visit)}, {settings.load(guest.session, Company).name}"


def _technician(guest: Guest, visit: Visit) -> str:
    return visit.stop.route.technician.first_name if guest.terms.show_technician and visit.stop else ""


def _map_url(site: Site) -> str:
    if site.lat is None or site.lon is None:
        return ""
    return f"https://www.openstreetmap.org/?mlat={site.lat}&mlon={site.lon}#map=17/{site.lat}/{site.lon}"


def _undo(guest: Guest, number: int, block: Sequence[Visit], state: State) -> Markup | None:
    """The seal of taking back, where that is possible."""
    if state not in AGREED or _until(guest, block[0]) is None:
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
