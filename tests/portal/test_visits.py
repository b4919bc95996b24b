"""The file of a visit: what may be done to it, by whom, and what it tells."""

from datetime import date

import pytest
from sqlalchemy import select

from notifications import seeding
from notifications.models import Invitation, Message, Rule, Template
from portal.console import feed, moves
from portal.models import Role
from portal.transaction import transaction
from scheduling import events, tasks
from scheduling.events import Fact
from scheduling.models import Confirmation, Task, TaskKind, Visit, VisitStatus
from tests.factories import SETUP
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World

S, D, M, A, T = VisitStatus, Role.DISPATCHER, Role.MANAGER, Role.ADMINISTRATOR, Role.TECHNICIAN


def visit(ref: str) -> Visit:
    with transaction() as session:
        found = session.scalars(select(Visit).where(Visit.ref == ref)).one()
        assert found.stop is None or found.stop.route.technician
        return found


def open_visit(browser: Browser, ref: str) -> Page:
    return browser.get(f"/visits/{ref}")


@pytest.mark.parametrize(
    ("status", "role", "offered"),
    [
        (S.DRAFT, D, {S.UNPLANNED, S.CANCELLED}),
        (S.DRAFT, M, {S.UNPLANNED, S.CANCELLED, S.DELETED}),
        (S.UNPLANNED, D, {S.DRAFT, S.CANCELLED}),
        (S.PLANNED, D, {S.UNPLANNED, S.STARTED, S.COMPLETED, S.CANCELLED}),
        (S.PLANNED, A, {S.UNPLANNED, S.STARTED, S.COMPLETED, S.CANCELLED, S.DELETED}),
        (S.STARTED, D, {S.SUSPENDED, S.COMPLETED}),
        (S.SUSPENDED, D, {S.STARTED, S.COMPLETED, S.UNPLANNED, S.CANCELLED}),
        (S.COMPLETED, D, set()),
        (S.COMPLETED, M, {S.VALIDATED, S.STARTED}),
        (S.VALIDATED, A, set()),
        (S.CANCELLED, D, {S.DRAFT, S.UNPLANNED}),
        (S.DELETED, A, set()),
        (S.PLANNED, T, set()),
    ],
)
def test_who_may_move_what_by_hand(world: World, status: VisitStatus, role: Role, offered: set[VisitStatus]) -> None:
    planned = visit(world.visit)
    planned.status = status
    assert {move.to for move in moves.offered(planned, role)} == offered


def test_a_visit_without_a_place_can_not_be_started(world: World) -> None:
    suspended = visit(world.waiting)
    suspended.status = S.SUSPENDED
    assert {move.to for move in moves.offered(suspended, D)} == {S.UNPLANNED, S.CANCELLED}


def test_moving_by_hand(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.press(open_visit(dana, world.visit), "Take out of planning")
    assert "From planned to unplanned" in page.text
    assert "Dana Dispatch" in page.text
    assert visit(world.visit).status is S.UNPLANNED


def test_what_is_not_offered_is_refused(people: People, world: World) -> None:
    version = visit(world.visit).version
    answer = people.dana().send(f"/visits/{world.visit}/status", to="deleted", version=version)
    assert answer.status_code == 404
    assert visit(world.visit).status is S.PLANNED


def test_a_stale_page_moves_nothing(people: People, world: World) -> None:
    dana = people.dana()
    page = open_visit(dana, world.visit)
    dana.press(page, "Confirm for the customer")
    refused = dana.press(page, "Cancel the visit", 409)
    assert "Somebody else was first" in refused.text
    assert visit(world.visit).status is S.PLANNED


def test_confirming_for_the_customer(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.press(open_visit(dana, world.visit), "Confirm for the customer")
    assert "Confirmed for the customer" in page.text
    assert not page.has_button("Confirm for the customer")
    assert visit(world.visit).confirmation is Confirmation.CONFIRMED


def test_finding_another_time(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/visits/{world.visit}/times")
    assert "Ben Tool" in page.text
    assert "no route on this day" in page.text
    moved = dana.press(page, "Move the visit", slot="2026-12-03 13:00 15:00")
    assert "Moved from Tue, Dec 1, 8:00 – 10:00 to Thu, Dec 3, 13:00 – 15:00" in moved.text
    assert str(visit(world.visit).stop and visit(world.visit).stop.route.day) == "2026-12-03"  # type: ignore[union-attr]


def test_dispatchers_are_not_bound_by_notice_and_count(people: People, world: World) -> None:
    with transaction() as session:
        session.scalars(select(Visit).where(Visit.ref == world.visit)).one().reschedules = 9
    dana = people.dana()
    dana.press(dana.get(f"/visits/{world.visit}/times"), "Move the visit", slot="2026-12-01 13:00 15:00")
    moved = visit(world.visit)
    assert (moved.reschedules, moved.confirmation) == (9, Confirmation.RESCHEDULED)


def test_a_time_that_we_change_is_not_taken_for_agreed(people: People, world: World) -> None:
    dana = people.dana()
    times = dana.get(f"/visits/{world.visit}/times")
    dana.press(times, "Move the visit", slot="2026-12-03 13:00 15:00", word="tell")
    moved = visit(world.visit)
    assert (moved.confirmation, moved.agreed_generation) == (Confirmation.NONE, None)


def test_planning_a_waiting_visit(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.press(dana.get(f"/visits/{world.waiting}/times"), "Plan the visit", slot="2026-12-03 08:00 10:00")
    assert visit(world.waiting).status is S.PLANNED
    assert "Planned; Thu, Dec 3, 8:00 – 10:00" in page.text


def test_a_slot_that_is_gone_shows_what_is_left(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/visits/{world.visit}/times")
    left = dana.press(page, "Move the visit", 409, slot="2026-12-02 08:00 10:00")
    assert "Somebody took the slot just now" in left.text
    assert left.has_button("Move the visit")


@pytest.mark.parametrize("slot", ["", "2026-12-03", "2026-12-03 10:00 08:00", "x y z"])
def test_a_slot_that_is_none_is_refused(people: People, world: World, slot: str) -> None:
    assert people.dana().send(f"/visits/{world.visit}/times", slot=slot).status_code == 400


def test_editing_a_visit(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/visits/{world.visit}/edit")
    saved = dana.press(page, "Save the visit", description="Bring the long ladder", duration="45")
    assert "Bring the long ladder" in saved.text
    assert "Duration changed from 30 to 45" in saved.text
    assert visit(world.visit).duration == 45


def test_a_stale_form_changes_nothing(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/visits/{world.visit}/edit")
    dana.press(page, "Save the visit", contact="Ms First")
    dana.press(page, "Save the visit", 409, contact="Ms Second")
    assert visit(world.visit).contact == "Ms First"


def test_an_edit_that_would_break_promises_keeps_what_was_typed(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.press(dana.get(f"/visits/{world.visit}/edit"), "Save the visit", 409, duration="700", contact="Ms New")
    assert "couldn't be kept" in page.text
    assert 'value="Ms New"' in page.response.get_data(as_text=True)
    assert visit(world.visit).duration == 30


def test_making_a_visit(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.get(f"/visits/new?customer={world.customer}")
    wrong = dana.press(page, "Save the visit", 422, duration="0", contact="Ms New")
    assert 'value="Ms New"' in wrong.response.get_data(as_text=True)
    made = dana.press(page, "Save the visit", duration="50")
    assert "50 min" in made.text
    assert "Created as unplanned" in made.text


def test_a_link_is_made_looked_at_and_revoked(people: People, world: World) -> None:
    dana = people.dana()
    page = dana.press(open_visit(dana, world.visit), "Make a new link")
    url = page.root.all("input", id="url")[0].attributes["value"]
    path = url.removeprefix("http://127.0.0.1:8000")
    assert dana.client.get(path).status_code == 200
    look = dana.client.get(page.link("See what the customer sees"))
    assert b"Nothing here does anything" in look.data
    assert b'name="nonce"' not in look.data
    assert b'name="nonce"' in dana.client.get(path).data
    gone = dana.press(open_visit(dana, world.visit), "Revoke the link")
    assert "was revoked" in gone.text
    with transaction() as session:
        assert session.scalars(select(Invitation)).one().revoked_at


def test_sending_a_text_again(people: People, world: World) -> None:
    with transaction() as session:
        seeding.seed(session)
        name = session.scalars(select(Template).where(Template.name.contains("SMS"))).first()
    assert name
    dana = people.dana()
    page = open_visit(dana, world.visit)
    sent = dana.press(page, "Send to the customer")
    assert "on its way" in sent.text
    dana.press(page, "Send to the customer")
    with transaction() as session:
        assert len(session.scalars(select(Message)).all()) == 1


def test_sending_to_somebody_who_cannot_be_told_says_why(people: People, world: World) -> None:
    with transaction() as session:
        seeding.seed(session)
        customer = session.scalars(select(Visit).where(Visit.ref == world.visit)).one().customer
        customer.consents.clear()
    dana = people.dana()
    page = dana.press(open_visit(dana, world.visit), "Send to the customer")
    assert "hasn't agreed to messages" in page.text


def test_the_feed_calls_a_rule_by_its_name(people: People, world: World) -> None:
    with transaction() as session:
        seeding.seed(session)
        rule = session.scalars(select(Rule)).first()
        assert rule
        assert feed.names(session, [f"rule:{rule.id}"]) == {"import": "Import", f"rule:{rule.id}": rule.name}


def test_the_feed_has_a_sentence_for_every_event_about_a_visit() -> None:
    kinds = {fact.kind for fact in Fact.__subclasses__() if "visit_id" in fact.__dataclass_fields__}
    assert kinds == set(feed.TELL)
    assert events.VisitConfirmed.kind in kinds


@pytest.mark.parametrize(
    ("text", "found"),
    [("ana", True), ("ANA EX", True), ("#1", True), ("555-0143", True), ("0143", True), ("oak", True), ("%", False)],
)
def test_visits_are_found(people: People, world: World, text: str, found: bool) -> None:
    page = people.dana().get("/visits", query_string={"q": text})
    assert ("Ana Example" in page.text.replace("Ana Example 1", "")) is found


def test_a_number_typed_into_the_box_leads_to_the_visit(people: People, world: World) -> None:
    number = visit(world.waiting).number
    assert people.dana().get(f"/find?q={number}").h1 == f"Visit {number}"


def test_requests_are_seen_to(people: People, world: World) -> None:
    with transaction() as session:
        about = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        wishes = [tasks.Wish(date(2026, 12, 3), "morning")]
        tasks.express(session, about, TaskKind.CALL_BACK, wishes=wishes, comment="After six", actor=SETUP)
    dana = people.dana()
    page = dana.get("/requests")
    assert "Asks for a call" in page.text
    assert "Would suit: Thu, Dec 3 morning" in page.text
    assert "After six" in page.text
    assert "Dana Dispatch" in dana.press(page, "Seen to").text
    with transaction() as session:
        assert session.scalars(select(Task)).one().done_by == "Dana Dispatch"
