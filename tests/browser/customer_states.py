"""Every page that a customer can come upon, in every state that it can be in, made through the services."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import invite
from notifications.models import Invitation
from portal import links
from portal.transaction import transaction
from scheduling import clock, settings, slots, tasks, visits
from scheduling.choices import Question
from scheduling.events import Actor
from scheduling.models import Customer, Stop, TaskKind, Visit, VisitStatus
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle
from tests.browser.conftest import Site

SETUP, TRAVEL = Actor.system("test"), GreatCircle()
S = VisitStatus
LONG = "Maximiliane-Konstantina Featherstonehaugh-Cholmondeley"
FAR = "1412 Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Boulevard, Apartment 4B, Arlington, VA 22201"


@dataclass
class States:
    """Addresses by what they show, and what must be clicked to see it."""

    site: Site
    spare: list[int] = field(default_factory=list)
    """Planned visits that no link speaks of yet, the latest last."""
    urls: dict[str, str] = field(default_factory=dict)
    acts: dict[str, Callable[[Page], None]] = field(default_factory=dict)

    def link(self, session: Session, *chosen: Visit) -> tuple[str, Invitation]:
        """A new link for the visits."""
        terms = settings.load(session, LinkTerms)
        made = invite.invite(session, chosen[0].customer, chosen, terms=terms, actor=SETUP)
        return links.of_this_portal().invitation(made), made

    def visit(self, session: Session) -> Visit:
        """One of the visits that no link speaks of yet; its customer reads English."""
        visit = session.get_one(Visit, self.spare.pop())
        visit.customer.locale = "en"
        return visit


def make(site: Site) -> States:
    """All of them, on the site's own day."""
    states = States(site)
    with site.app.app_context(), transaction() as session:
        soon = clock.now() + timedelta(days=1)
        stops = select(Stop).join(Visit).where(Stop.planned_start > soon, Visit.status == S.PLANNED)
        states.spare = [stop.visit_id for stop in session.scalars(stops.order_by(Stop.planned_start.desc()))]
        for name, url in _all(states, session):
            states.urls[name] = url
    return states


def _all(states: States, session: Session) -> Iterator[tuple[str, str]]:
    for name, change in CHANGES.items():
        visit = states.visit(session)
        url, made = states.link(session, visit)
        change(session, visit, made)
        session.flush()
        yield name, url
    url, _ = states.link(session, states.visit(session))
    yield from {"slots": f"{url}/1/slots", "wishes": f"{url}/1/wishes"}.items()
    yield "review", f"{url}/1/review?slot={_free_slot(session, url)}"
    for name, (path, act) in ACTS.items():
        url, _ = states.link(session, states.visit(session))
        states.acts[name] = act
        yield name, url + path
    yield "several", _several(states, session)
    yield "nowhere", f"{states.site.url}/c/x"


def _several(states: States, session: Session) -> str:
    """Three appointments of somebody with a long name at a place with a long address, each in another state."""
    chosen = [states.visit(session) for _ in range(3)]
    customer = chosen[0].customer
    customer.name = LONG
    for visit in chosen:
        visit.customer, visit.site = customer, chosen[0].site
    chosen[0].site.address = FAR
    url, made = states.link(session, *chosen)
    _confirmed(session, chosen[1], made)
    visits.move(session, chosen[2], S.CANCELLED, travel=TRAVEL, actor=SETUP)
    return url


def _free_slot(session: Session, url: str) -> str:
    key = links.of_this_portal().key(url[-links.LENGTH :])
    visit = session.scalars(select(Invitation).where(Invitation.key == key)).one().items[0].visit
    offer = slots.offer(session, [visit], _question(session, visit.customer)).offers[0]
    return f"{offer.day}T{offer.slot.start:%H:%M}-{offer.slot.end:%H:%M}"


def _question(session: Session, customer: Customer) -> Question:
    return Question(terms=settings.load(session, LinkTerms), travel=TRAVEL, own=f"customer:{customer.id}")


def _confirmed(session: Session, visit: Visit, _made: Invitation) -> None:
    visits.confirm(session, visit, seen=visit.generation, actor=Actor.customer(visit.customer_id))


def _moved_by_customer(session: Session, visit: Visit, _made: Invitation) -> None:
    question = _question(session, visit.customer)
    offers = slots.offer(session, [visit], question).offers
    chosen = next(offer for offer in offers if offer.window != visit.window)
    seen, actor = {visit.id: visit.generation}, Actor.customer(visit.customer_id)
    slots.accept(session, [visit], chosen, question, seen=seen, actor=actor)
    visit.earlier = True


def _moved_by_us(_session: Session, visit: Visit, _made: Invitation) -> None:
    assert visit.window
    visits.renew(visit)
    visit.window = type(visit.window)(visit.window.start, visit.window.end + timedelta(hours=1))


def _becomes(*statuses: VisitStatus) -> Callable[[Session, Visit, Invitation], None]:
    def change(session: Session, visit: Visit, _made: Invitation) -> None:
        for status in statuses:
            visits.move(session, visit, status, travel=TRAVEL, actor=SETUP)

    return change


def _past(_session: Session, visit: Visit, _made: Invitation) -> None:
    assert visit.window
    visit.window = type(visit.window)(visit.window.start - timedelta(days=30), visit.window.end - timedelta(days=30))


def _expired(_session: Session, _visit: Visit, made: Invitation) -> None:
    made.expires_at = clock.now() - timedelta(hours=1)


def _revoked(session: Session, _visit: Visit, made: Invitation) -> None:
    invite.revoke(session, made)


def _asked(kind: TaskKind) -> Callable[[Session, Visit, Invitation], None]:
    def change(session: Session, visit: Visit, _made: Invitation) -> None:
        day = clock.now().date() + timedelta(days=8)
        wishes = [tasks.Wish(day, "morning"), tasks.Wish(day + timedelta(days=1))] if kind is TaskKind.WISH else []
        tasks.express(session, visit, kind, wishes=wishes, actor=Actor.customer(visit.customer_id))

    return change


def _often(_session: Session, visit: Visit, _made: Invitation) -> None:
    visit.reschedules = 99


def _unknown_place(_session: Session, visit: Visit, _made: Invitation) -> None:
    visit.site.lat = None


CHANGES: dict[str, Callable[[Session, Visit, Invitation], None]] = {
    "ask": lambda *_: None,
    "confirmed": _confirmed,
    "rescheduled": _moved_by_customer,
    "moved": _moved_by_us,
    "under_way": _becomes(S.STARTED),
    "done": _becomes(S.COMPLETED),
    "cancelled": _becomes(S.CANCELLED),
    "unplanned": _becomes(S.UNPLANNED),
    "past": _past,
    "expired": _expired,
    "revoked": _revoked,
    "wished": _asked(TaskKind.WISH),
    "not_needed": _asked(TaskKind.NOT_NEEDED),
    "no_more_moves": _often,
}


def _press(page: Page, selector: str = ".filled") -> None:
    page.locator(selector).first.click()
    page.wait_for_load_state()


def _nothing_chosen(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[required]').forEach(node => { node.required = false })")
    _press(page)


def _gone_wrong(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[name=nonce]').forEach(node => { node.value = '' })")
    _press(page)


def _taken_back(page: Page) -> None:
    _press(page)
    _press(page, "form[action*=undo] button")


def _wish_refused(page: Page) -> None:
    page.fill("[name=day_1]", str(date(2020, 1, 1)))
    page.fill("[name=comment]", "After four, the bell is broken")
    _press(page)


ACTS: dict[str, tuple[str, Callable[[Page], None]]] = {
    "refused": ("", _gone_wrong),
    "taken_back": ("", _taken_back),
    "none_chosen": ("/1/slots", _nothing_chosen),
    "wish_refused": ("/1/wishes", _wish_refused),
}
