"""What customers do: each act once however often it is sent, never on an old promise, never by a GET."""

from datetime import UTC, datetime, time

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.transaction import transaction
from scheduling import routes
from scheduling.models import Confirmation, Event, Origin, Route, Visit, VisitStatus
from tests.factories import SETUP, TRAVEL, hours
from tests.page import Page, values
from tests.portal.customer.conftest import THURSDAY, Ana, everything, invited, with_terms
from tests.portal.customer.test_states import becomes, postponed


def events_of(ana: Ana) -> list[tuple[str, Origin]]:
    """What happened to the first appointment after the link was made."""
    with transaction() as session:
        query = select(Event).where(Event.visit_id == ana.visit().id).order_by(Event.id)
        kinds = [(event.kind, event.origin) for event in session.scalars(query)]
    return kinds[kinds.index(("visit.notified", Origin.SYSTEM)) + 1 :]


def slots_page(ana: Ana) -> Page:
    return ana.visitor.get(ana.open().link("Choose another time"))


def free(page: Page) -> list[str]:
    """The slots that can be chosen."""
    return [node.attributes["value"] for node in page.root.all("input", type="radio")]


def review(ana: Ana, slot: str) -> Page:
    return ana.visitor.press(slots_page(ana), "Continue", slot=slot)


THURSDAY_AFTERNOON = "2026-12-03T13:00-15:00"


def test_confirming_and_taking_it_back(ana: Ana) -> None:
    page = ana.visitor.press(ana.open(), "Confirm this time")
    assert "Thank you. Your appointment is confirmed. See you on Tuesday." in page.text
    assert ana.visit().confirmation is Confirmation.CONFIRMED
    page = ana.visitor.press(page, "Take back my confirmation")
    assert "Your confirmation was taken back." in page.text
    assert page.has_button("Confirm this time")
    assert ana.visit().confirmation is Confirmation.NOTIFIED
    assert events_of(ana) == [("visit.confirmed", Origin.CUSTOMER), ("visit.confirmation_undone", Origin.CUSTOMER)]


def test_rescheduling_and_going_back(ana: Ana) -> None:
    before = ana.visit()
    page = review(ana, THURSDAY_AFTERNOON)
    assert page.h1 == "Move to this time?"
    assert "Held for you until 4:05" in page.text
    assert ana.visit().window == before.window
    page = ana.visitor.press(page, "Move my appointment")
    assert "Thank you. Your appointment has been moved. See you on Thursday." in page.text
    moved = ana.visit()
    assert moved.confirmation is Confirmation.RESCHEDULED
    assert moved.window_start == datetime(2026, 12, 3, 18, tzinfo=UTC)
    assert moved.generation == before.generation + 1
    page = ana.visitor.press(page, "Back to the time before")
    assert "back at the time before" in page.text
    assert page.has_button("Confirm this time")
    assert (ana.visit().window, ana.visit().reschedules) == (before.window, 0)
    assert events_of(ana) == [("visit.rescheduled", Origin.CUSTOMER)] * 2


def test_the_present_time_can_be_kept(ana: Ana) -> None:
    page, before = review(ana, THURSDAY_AFTERNOON), ana.visit().window
    kept = ana.visitor.press(page, "Keep the present time")
    assert kept.has_button("Confirm this time")
    assert "Your appointment stays as it was." in kept.text
    assert ana.visit().window == before
    assert "no longer held" in ana.visitor.get(f"{ana.path}/1/review?slot={THURSDAY_AFTERNOON}").text


def test_the_slots_are_grouped_by_day_and_leave_out_the_present_one(ana: Ana) -> None:
    page = slots_page(ana)
    days = [legend.text for legend in page.root.all("legend")]
    assert days == ["Tuesday, December 1", "Wednesday, December 2", "Thursday, December 3"]
    assert "2026-12-01T08:00-10:00" not in free(page)
    assert "Full: 13:00 – 15:00, 15:00 – 17:00" in page.text
    assert "Fri, Dec 4 – Mon, Dec 21: no times" in page.text
    assert page.text.count("Shortest trip for us") == 1
    assert page.link("None of these suit me").endswith("/1/wishes")


def test_only_the_allowed_days_are_offered(app: Flask, ana: Ana) -> None:
    thursday = datetime(2026, 12, 3, tzinfo=UTC).date()
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == "V1")).one()
        other = invited(app, session, [visit], allowed_days=[(thursday, thursday)])
    assert {slot[:10] for slot in free(slots_page(other))} == {"2026-12-03"}


def test_where_nothing_is_free_the_page_says_why_and_how_to_go_on(ana: Ana) -> None:
    with_terms(max_detour_km=0, horizon_days=2)
    page = slots_page(ana)
    assert "There is no other time to choose online." in page.text
    assert "nobody comes near your address" in page.text
    assert page.link("Tell us what suits you").endswith("/1/wishes")


def test_a_place_nobody_knows_has_no_slots_and_a_way_on(ana: Ana) -> None:
    ana.change(lambda _session, visit: setattr(visit.site, "lat", None))
    page = slots_page(ana)
    assert "can't work out times for your address" in page.text
    assert page.link("Tell us what suits you").endswith("/1/wishes")


def test_continuing_without_a_choice_says_so(ana: Ana) -> None:
    page = ana.visitor.press(slots_page(ana), "Continue", 422)
    assert "Choose one of the times." in page.text


@pytest.mark.parametrize("slot", ["2026-12-03T13:00-14:00", "2026-12-13T08:00-10:00", "2026-12-02T15:00-17:00"])
def test_only_what_is_offered_can_be_had(ana: Ana, slot: str) -> None:
    before = ana.visit().window
    page = ana.visitor.press(slots_page(ana), "Continue", 409, slot=slot)
    assert "just been taken" in page.text
    assert ana.visit().window == before


def test_a_slot_taken_meanwhile_shows_fresh_ones_and_keeps_the_old_appointment(ana: Ana) -> None:
    page = review(ana, THURSDAY_AFTERNOON)
    before = ana.visit().window
    with transaction() as session:
        thursday = session.scalars(select(Route).where(Route.day == THURSDAY)).one()
        thursday.shift_end = time(12)
        routes.touch(session, thursday)
    page = ana.visitor.press(page, "Move my appointment", 409)
    assert page.h1 == "Choose another time"
    assert page.root.all(role="alert")[0].text.startswith("That did not work. This time has just been taken.")
    assert "2026-12-03T10:00-12:00" in free(page)
    assert ana.visit().window == before


@pytest.mark.parametrize("button", ["Confirm this time", "Take back my confirmation"])
def test_a_click_on_confirming_counts_once(ana: Ana, button: str) -> None:
    page = ana.open()
    if button != "Confirm this time":
        page = ana.visitor.press(page, "Confirm this time")
    ana.visitor.press(page, button)
    once = events_of(ana)
    ana.visitor.press(page, button)
    assert events_of(ana) == once


def test_a_click_on_moving_and_on_going_back_counts_once(ana: Ana) -> None:
    asked = review(ana, THURSDAY_AFTERNOON)
    moved = ana.visitor.press(asked, "Move my appointment")
    assert ana.visitor.press(asked, "Move my appointment").text == moved.text
    assert ana.visit().reschedules == 1
    back = ana.visitor.press(moved, "Back to the time before")
    assert ana.visitor.press(moved, "Back to the time before").text == back.text
    assert len(events_of(ana)) == 2


def test_going_back_leaves_alone_what_was_joined(app: Flask, ana: Ana) -> None:
    with transaction() as session:
        first, second = session.scalars(select(Visit).where(Visit.ref.in_(["V1", "V2"])).order_by(Visit.ref))
        second.site, second.window = first.site, hours(THURSDAY, 10, 12, first.location)
        tuesday, _, thursday = session.scalars(select(Route).order_by(Route.day))
        routes.write(session, tuesday, [first], travel=TRAVEL, actor=SETUP)
        others = [stop.visit for stop in thursday.stops]
        routes.write(session, thursday, [*others, second], travel=TRAVEL, actor=SETUP)
        ana = invited(app, session, [first, second])
    before = ana.visit(1).window, ana.visit(2).window
    moved = ana.visitor.press(review(ana, THURSDAY_AFTERNOON), "Move my appointment")
    assert "Together with: Appointment" in moved.text
    ana.visitor.press(moved, "Back to the time before")
    assert (ana.visit(1).window, ana.visit(2).window) == before
    assert ana.visit(2).generation == 1


def test_a_second_click_finds_the_move_made_though_others_have_joined(app: Flask, ana: Ana) -> None:
    """The first click brought V1 to where V2 is at its place, so that both move together from then on."""
    with transaction() as session:
        first, second = session.scalars(select(Visit).where(Visit.ref.in_(["V1", "V2"])).order_by(Visit.ref))
        second.site, second.window = first.site, hours(THURSDAY, 10, 12, first.location)
        tuesday, _, thursday = session.scalars(select(Route).order_by(Route.day))
        routes.write(session, tuesday, [first], travel=TRAVEL, actor=SETUP)
        routes.write(session, thursday, [*(stop.visit for stop in thursday.stops), second], travel=TRAVEL, actor=SETUP)
        ana = invited(app, session, [first, second])
    asked = review(ana, THURSDAY_AFTERNOON)
    ana.visitor.press(asked, "Move my appointment")
    assert "Moved and confirmed" in ana.visitor.press(asked, "Move my appointment").text
    assert (ana.visit(1).reschedules, ana.visit(2).generation) == (1, 1)


def test_others_that_move_along_since_the_page_was_shown_are_not_moved_unseen(app: Flask, ana: Ana) -> None:
    with transaction() as session:
        pair = select(Visit).where(Visit.ref.in_(["V1", "V2"])).order_by(Visit.ref)
        ana = invited(app, session, list(session.scalars(pair)))
    asked = review(ana, THURSDAY_AFTERNOON)

    def joins(session: Session, visit: Visit) -> None:
        visit.site = session.scalars(select(Visit).where(Visit.ref == "V1")).one().site

    ana.change(joins, 2)
    assert "has changed since you opened" in ana.visitor.press(asked, "Move my appointment", 409).text
    assert not ana.visit(1).agreed


@pytest.mark.parametrize("act", ["1/confirm", "1/undo", "1/move", "1/release", "1/earlier", "renew"])
def test_the_address_that_a_refused_form_leaves_leads_back(ana: Ana, act: str) -> None:
    assert ana.visitor.get(f"{ana.path}/{act}").has_button("Confirm this time")


@pytest.mark.parametrize("slot", ["9999-12-31T22:00-23:00", "2026-12-03T13:00", "yesterday"])
def test_an_address_of_no_slot_leads_back_to_the_slots(ana: Ana, slot: str) -> None:
    assert ana.visitor.get(f"{ana.path}/1/review?slot={slot}").has_button("Continue")


def test_nobody_goes_back_once_work_has_begun(ana: Ana) -> None:
    page = ana.visitor.press(review(ana, THURSDAY_AFTERNOON), "Move my appointment")
    ana.change(becomes(VisitStatus.STARTED))
    assert "can no longer be changed online" in ana.visitor.press(page, "Back to the time before", 409).text
    assert ana.visit().status is VisitStatus.STARTED


@pytest.mark.parametrize("button", ["Confirm this time", "Continue", "Move my appointment", "Keep the present time"])
def test_a_page_of_an_older_promise_acts_on_nothing(ana: Ana, button: str) -> None:
    page = {"Confirm this time": ana.open, "Continue": lambda: slots_page(ana)}.get(
        button, lambda: review(ana, THURSDAY_AFTERNOON)
    )()
    ana.change(postponed)
    before = ana.visit()
    status = 200 if button == "Keep the present time" else 409
    after = ana.visitor.press(page, button, status, slot=THURSDAY_AFTERNOON)
    assert status == 200 or "has changed since you opened the page" in after.text
    assert "between 8:00 and 11:00" in after.text
    assert (ana.visit().window, ana.visit().confirmation) == (before.window, before.confirmation)


def test_confirm_only_is_held_by_the_server(ana: Ana) -> None:
    asked, chosen = slots_page(ana), review(ana, THURSDAY_AFTERNOON)
    with_terms(rescheduling=False)
    before = ana.visit().window
    page = ana.open()
    assert "Choose another time" not in page.text
    assert page.link("This does not suit me").endswith("/1/wishes")
    ana.visitor.get(f"{ana.path}/1/slots", 409)
    ana.visitor.press(asked, "Continue", 409, slot=THURSDAY_AFTERNOON)
    ana.visitor.press(chosen, "Move my appointment", 409)
    assert ana.visit().window == before
    assert ana.visitor.press(page, "Confirm this time").has_button("Take back my confirmation")


def test_a_form_of_another_link_or_act_is_refused(app: Flask, ana: Ana) -> None:
    with transaction() as session:
        visit = session.scalars(select(Visit).where(Visit.ref == "V1")).one()
        boris = invited(app, session, [visit])
    page = ana.open()
    fields = values(page.form("Confirm this time"))
    for path in (f"{boris.path}/1/confirm", f"{ana.path}/1/undo", f"{ana.path}/1/release"):
        assert "Nothing was changed" in ana.visitor.post(path, fields, 400).text
    for name, value in {"nonce": "", "generation": "2"}.items():
        ana.visitor.press(page, "Confirm this time", 400, **{name: value})
    assert ana.visit().confirmation is Confirmation.NOTIFIED


def test_reading_changes_nothing(ana: Ana, app: Flask) -> None:
    review(ana, THURSDAY_AFTERNOON)
    paths = ["", "/1/slots", f"/1/review?slot={THURSDAY_AFTERNOON}", "/1/wishes", "/1/appointment.ics", "/1/confirm"]
    before = everything()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS"):
            app.test_client().open(ana.path + path, method=method)
    assert everything() == before


def test_two_visits_at_one_place_in_one_route_move_together(app: Flask, ana: Ana) -> None:
    with transaction() as session:
        first, second = session.scalars(select(Visit).where(Visit.ref.in_(["V1", "V2"])).order_by(Visit.ref))
        second.site = first.site
        ana = invited(app, session, [first, second])
    page = ana.visitor.get(f"{ana.path}/1/slots")
    assert "Together with: Appointment" in page.text
    page = ana.visitor.press(page, "Continue", slot=THURSDAY_AFTERNOON)
    ana.visitor.press(page, "Move my appointment")
    assert ana.visit(1).window == ana.visit(2).window
    assert ana.visit(1).window_start == datetime(2026, 12, 3, 18, tzinfo=UTC)
