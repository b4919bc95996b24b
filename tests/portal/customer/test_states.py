"""A link shows the present truth, whatever has become of the appointment since it was sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import invite
from notifications.models import Invitation, InvitedVisit
from scheduling import visits
from scheduling.models import Confirmation, Lock, Visit, VisitStatus
from tests.conftest import SetClock
from tests.factories import SETUP, TRAVEL, hours
from tests.portal.customer.conftest import THURSDAY, Ana, with_terms

S = VisitStatus


def becomes(*statuses: VisitStatus) -> Callable[[Session, Visit], None]:
    """What somebody else does to the visit."""

    def change(session: Session, visit: Visit) -> None:
        for status in statuses:
            visits.move(session, visit, status, travel=TRAVEL, actor=SETUP)

    return change


def postponed(session: Session, visit: Visit) -> None:
    """A dispatcher promises another window on the same day."""
    assert visit.window
    visits.renew(visit)
    visit.window = type(visit.window)(visit.window.start, visit.window.end + timedelta(hours=1))


def invitation_of(session: Session, visit: Visit) -> Invitation:
    return session.scalars(select(Invitation).join(InvitedVisit).where(InvitedVisit.visit_id == visit.id)).one()


def test_an_open_appointment_asks_for_an_answer(ana: Ana) -> None:
    page = ana.open()
    assert page.h1 == "Your appointment"
    for text in ("Tuesday, December 1", "between 8:00 and 10:00", "Boiler maintenance", "Ana", "December 14"):
        assert text in page.text
    assert page.has_button("Confirm this time")
    assert page.link("Choose another time").endswith("/1/slots")
    assert page.link("+1 202-555-0143") == "tel:+12025550143"


def test_the_page_tells_no_more_than_a_forwarded_link_may(ana: Ana) -> None:
    """No surname, no house number, no door, no planned start, no technician, no other customer."""
    text = ana.open().text
    assert "Oak Street, Arlington" in text
    assert all(secret not in text for secret in ("1412", "Apt", "Example", "8:05", "Ben", "V1", "V3"))


def test_the_whole_address_is_shown_once_the_customer_has_acted(ana: Ana) -> None:
    page = ana.visitor.press(ana.open(), "Confirm this time")
    assert "1412 Oak Street, Apt 4, Arlington" in page.text


def test_moved_since_the_message(ana: Ana) -> None:
    ana.change(postponed)
    page = ana.open()
    assert "Moved since our message" in page.text
    assert "between 8:00 and 11:00" in page.text
    assert [old.text for old in page.root.all("del")] == ["Tue, Dec 1, 8:00 – 10:00"]
    assert ana.visitor.press(page, "Confirm this time").has_button("Take back my confirmation")
    assert ana.visit().confirmation is Confirmation.CONFIRMED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (becomes(S.CANCELLED), "has been cancelled"),
        (becomes(S.STARTED), "has begun"),
        (becomes(S.STARTED, S.SUSPENDED), "has begun"),
        (becomes(S.COMPLETED), "The work is done"),
        (becomes(S.COMPLETED, S.VALIDATED), "The work is done"),
        (becomes(S.DELETED), "has been cancelled"),
        (becomes(S.UNPLANNED), "planning this appointment anew"),
        (becomes(S.UNPLANNED, S.DRAFT), "planning this appointment anew"),
    ],
    ids=["cancelled", "started", "suspended", "completed", "validated", "deleted", "unplanned", "draft"],
)
def test_what_has_become_of_it(ana: Ana, change: Callable[[Session, Visit], None], words: str) -> None:
    ana.change(change)
    page = ana.open()
    assert words in page.text
    assert not page.has_button("Confirm this time")


def test_a_visit_of_another_customer_by_now_says_nothing(both: Ana) -> None:
    def give_away(session: Session, visit: Visit) -> None:
        visit.customer = session.scalars(select(Visit).where(Visit.ref == "V3")).one().customer
        visit.window = hours(THURSDAY, 13, 15, visit.location)

    both.change(give_away)
    first, second = both.open().root.all("section")
    assert "Cancelled" in first.text
    assert "Tuesday" in first.text
    assert "Thursday" not in first.text
    assert "Boiler" not in first.text
    assert "Oak Street" not in first.text
    assert "Oak Street" in second.text
    assert both.visitor.get(f"{both.path}/1/slots", 404).status == 404


def test_a_time_that_has_passed(ana: Ana, now: SetClock) -> None:
    now.advance(days=2)
    page = ana.open()
    assert "The time has passed" in page.text
    assert page.link("Tell us what suits you").endswith("/1/wishes")


def test_an_expired_link_shows_nothing_of_the_appointment(ana: Ana, now: SetClock) -> None:
    now.advance(days=15)
    page = ana.open()
    assert page.h1 == "This link has expired"
    assert page.has_button("Send me a new link")
    assert "Boiler" not in page.text
    assert "Tuesday" not in page.text


def test_a_changed_validity_changes_no_link_already_sent(ana: Ana, now: SetClock) -> None:
    with_terms(validity_days=1)
    now.advance(days=3)
    assert ana.open().h1 == "Your appointment"


def test_a_revoked_link_opens_nothing(ana: Ana) -> None:
    page = ana.open()
    ana.change(lambda session, visit: invite.revoke(session, invitation_of(session, visit)))
    assert ana.open().h1 == "This link no longer works"
    refused = ana.visitor.press(page, "Confirm this time", 410)
    assert "Nothing was changed" in refused.text
    assert ana.visit().confirmation is Confirmation.NOTIFIED


def test_each_appointment_of_a_link_has_its_own_state_and_buttons(both: Ana) -> None:
    page = both.visitor.press(both.open(), "Confirm this time")
    first, second = page.root.all("section")
    assert "Confirmed" in first.text
    assert "Confirm this time" in second.text
    assert both.visit(1).agreed
    assert not both.visit(2).agreed


def test_after_the_cut_off_confirming_still_works_and_moving_does_not(ana: Ana, now: SetClock) -> None:
    now.advance(hours=18)
    page = ana.open()
    assert "too close to the appointment" in page.text
    assert page.link("This does not suit me")
    ana.visitor.get(f"{ana.path}/1/slots", 409)
    confirmed = ana.visitor.press(page, "Confirm this time")
    assert not confirmed.has_button("Take back my confirmation")


def test_the_number_of_moves_is_limited(ana: Ana) -> None:
    with_terms(max_reschedules=0)
    page = ana.open()
    assert "as often as possible" in page.text
    assert "as often as possible" in ana.visitor.get(f"{ana.path}/1/slots", 409).text


@pytest.mark.parametrize("lock", list(Lock))
def test_no_lock_binds_the_customer(ana: Ana, lock: Lock) -> None:
    with_terms(lock=lock)
    page = ana.visitor.press(ana.open(), "Confirm this time")
    assert ana.visitor.get(page.link("Choose another time")).has_button("Continue")
