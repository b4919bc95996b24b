"""Sendings: the list of them, what has become of each customer, and reminding those who haven't answered."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from notifications import seeding, sendings
from notifications.models import Invitation, Message, MessageState, Sending
from portal.engine import work
from portal.transaction import transaction
from scheduling import clock, tasks, visits
from scheduling.models import Location, TaskKind, Visit, VisitStatus
from tests.conftest import SetClock
from tests.factories import SETUP, TUESDAY, make_customer, make_route, make_technician, make_visit
from tests.page import Page, values
from tests.people import Browser, People
from tests.portal.conftest import World

NAMES = ("Ada", "Ben", "Cleo", "Dora", "Emil")


@pytest.fixture
def refs(world: World) -> dict[str, str]:
    """Five more customers of Tuesday, by name: the refs of their visits. Emil has no number and no address."""
    with transaction() as session:
        seeding.seed(session)
        location = session.get_one(Location, world.location_id)
        made = [
            make_visit(session, location, customer=make_customer(session, name=f"{name} Example"), north=3)
            for name in NAMES
        ]
        made[-1].customer.phone = made[-1].customer.email = None
        make_route(session, make_technician(session, location), TUESDAY, made)
        return {visit.customer.name.split()[0]: visit.ref for visit in made}


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


@pytest.fixture
def drain(app: Flask, now: SetClock) -> Callable[[], int]:
    """Let the time of grace pass, and the worker do all that is due."""

    def later() -> int:
        now.advance(seconds=sendings.GRACE.seconds)
        return work.of_app(app).drain()

    return later


def send(dana: Browser, page: Page, status: int = 200, **changes: object) -> Page:
    [form] = page.root.all("form", id="notify")
    return dana.post(form.attributes["action"], {**values(form), "act": "send", **changes}, status)


def ticked(page: Page) -> Sequence[str]:
    boxes = page.root.all("input", type="checkbox", name="customer")
    labels = {node.attributes.get("for"): node.text for node in page.root.all("label")}
    return [labels[box.attributes["id"]].split()[0] for box in boxes if "checked" in box.attributes]


def states(page: Page) -> dict[str, str]:
    """What has become of each customer shown, by first name."""
    rows = page.root.all("tbody")[0].all("tr")
    return {row.all("td")[0].text.split()[0]: row.all("td")[1].text for row in rows}


def visit(ref: str) -> Visit:
    with transaction() as session:
        return session.scalars(select(Visit).where(Visit.ref == ref)).one()


def confirm(ref: str) -> None:
    with transaction() as session:
        found = session.scalars(select(Visit).where(Visit.ref == ref)).one()
        visits.confirm(session, found, seen=found.generation, actor=SETUP)


@pytest.fixture
def sent(dana: Browser, refs: dict[str, str], drain: Callable[[], int]) -> str:
    """A sending to everybody of Tuesday that is over: its address."""
    page = send(dana, dana.get(f"/notify/{TUESDAY}"))
    drain()
    return page.response.request.path


class TestStates:
    def test_each_customer_has_come_as_far_as_he_has(self, dana: Browser, refs: dict[str, str], sent: str) -> None:
        confirm(refs["Ada"])
        with transaction() as session:
            query = select(Invitation).join(Message, Message.invitation_id == Invitation.id).join(Visit)
            session.scalars(query.where(Visit.ref == refs["Ben"])).one().looked_at = clock.now()
            failed = session.scalars(select(Message).join(Visit).where(Visit.ref == refs["Cleo"])).one()
            failed.state, failed.reason = MessageState.UNDELIVERED, "not_in_service"
            asking = session.scalars(select(Visit).where(Visit.ref == refs["Dora"])).one()
            tasks.express(session, asking, TaskKind.CALL_BACK, actor=SETUP)
        page = dana.get(sent)
        assert states(page) == {
            "Ada": "Confirmed",
            "Ben": "Looked at",
            "Cleo": "Failed",
            "Dora": "Asked for something else",
            "Emil": "Not reached",
        }
        assert "The number isn't in service." in page.text
        assert "No phone number is on file." in page.text

    def test_a_state_is_a_filter(self, dana: Browser, refs: dict[str, str], sent: str) -> None:
        confirm(refs["Ada"])
        assert states(dana.get(f"{sent}?state=confirmed")) == {"Ada": "Confirmed"}
        assert "Nobody is in this state" in dana.get(f"{sent}?state=failed").text

    def test_numbers_are_written_as_people_read_them(self, dana: Browser, sent: str) -> None:
        assert "+1 703-555-" in dana.get(sent).text

    def test_the_list_counts_customers(self, dana: Browser, refs: dict[str, str], sent: str) -> None:
        confirm(refs["Ada"])
        page = dana.get("/sendings")
        [row] = page.root.all("tbody")[0].all("tr")
        assert [cell.text for cell in row.all("td", class_="number")] == ["5", "4", "1", "1"]
        assert page.link("Customers of Tue, Dec 1") == sent

    def test_there_is_a_way_from_the_messages(self, dana: Browser, world: World) -> None:
        assert "Nothing sent yet" in dana.get(dana.get("/messages").link("Sendings")).text


class TestReminder:
    def remind(self, dana: Browser, sent: str, text: str) -> Page:
        """Press the button of the sending."""
        return dana.get(dana.get(sent).link(text))

    def test_those_without_an_answer_are_chosen_and_the_others_are_named(
        self, dana: Browser, refs: dict[str, str], sent: str
    ) -> None:
        confirm(refs["Ada"])
        with transaction() as session:
            asking = session.scalars(select(Visit).where(Visit.ref == refs["Dora"])).one()
            tasks.express(session, asking, TaskKind.CALL_BACK, actor=SETUP)
        page = self.remind(dana, sent, "Remind 4 who haven’t answered")
        assert ticked(page) == ["Ben", "Cleo"]
        assert "Left out: 1 confirmed." in page.text
        assert page.has_button("Remind 2 customers")

    def test_a_fresh_link_about_the_same_promise(
        self, dana: Browser, refs: dict[str, str], sent: str, drain: Callable[[], int]
    ) -> None:
        before = visit(refs["Ben"])
        page = send(dana, self.remind(dana, sent, "Remind 5 who haven’t answered"))
        drain()
        after = visit(refs["Ben"])
        assert (after.generation, after.window, after.confirmation) == (
            before.generation,
            before.window,
            before.confirmation,
        )
        assert page.h1 == "Reminder: customers of Tue, Dec 1"
        with transaction() as session:
            first, second = session.scalars(select(Sending).order_by(Sending.id)).all()
            assert second.reminder_of_id == first.id
            links = session.scalars(
                select(Invitation.key).join(Invitation.items).join(Visit).where(Visit.ref == refs["Ben"])
            ).all()
            assert len(set(links)) == 2

    def test_who_answers_meanwhile_is_not_reminded(self, dana: Browser, refs: dict[str, str], sent: str) -> None:
        page = self.remind(dana, sent, "Remind 5 who haven’t answered")
        confirm(refs["Ben"])
        told = send(dana, page)
        assert "Ben" not in states(told)

    def test_nobody_is_left_to_remind(self, dana: Browser, refs: dict[str, str], sent: str) -> None:
        with transaction() as session:
            for found in session.scalars(select(Visit).where(Visit.ref.in_(refs.values()))):
                found.status = VisitStatus.COMPLETED
        assert "Remind" not in dana.get(sent).text
        assert "Nobody to remind" in dana.get(f"/notify?reminder={sent.rpartition('/')[2]}").text

    def test_the_days_and_texts_of_the_first_time_are_chosen_again(
        self, dana: Browser, refs: dict[str, str], drain: Callable[[], int]
    ) -> None:
        days: dict[str, Any] = {"limited": "on", "first": ["2026-12-03"], "last": ["2026-12-04"]}
        page = send(dana, dana.get(f"/notify/{TUESDAY}"), email="", **days)
        drain()
        again = dana.get(f"/notify?reminder={page.response.request.path.rpartition('/')[2]}")
        [form] = again.root.all("form", id="notify")
        kept = values(form)
        assert (kept["first"], kept["last"], kept["email"]) == (["2026-12-03"], ["2026-12-04"], [""])


class TestStopped:
    def test_who_was_stopped_is_chosen_again(self, dana: Browser, refs: dict[str, str]) -> None:
        dialog = dana.get(f"/notify/{TUESDAY}")
        chosen = ticked(dialog)
        dana.press(send(dana, dialog), "Stop sending")
        again = dana.get(f"/notify/{TUESDAY}")
        assert ticked(again) == chosen
        assert "nothing reached him so far" in again.text

    def test_nothing_goes_before_the_grace_is_over(
        self, app: Flask, dana: Browser, refs: dict[str, str], now: SetClock
    ) -> None:
        page = send(dana, dana.get(f"/notify/{TUESDAY}"))
        now.advance(seconds=sendings.GRACE.seconds - 1)
        assert work.of_app(app).drain() == 0
        assert "everything can be stopped" in dana.get(page.response.request.path).text


class TestScope:
    def test_chosen_visits_over_several_days(self, dana: Browser, world: World, refs: dict[str, str]) -> None:
        with transaction() as session:
            location = session.get_one(Location, world.location_id)
            later = make_visit(session, location, customer=make_customer(session, name="Zoe Example"), north=3)
            make_route(session, make_technician(session, location), TUESDAY.replace(day=4), [later])
            ref = later.ref
        page = dana.get(f"/notify?visit={refs['Ada']}&visit={ref}")
        assert ticked(page) == ["Ada", "Zoe"]
        assert "Fri, Dec 4" in page.text
        send(dana, page)
        with transaction() as session:
            told = session.scalars(select(Visit.ref).join(Message, Message.visit_id == Visit.id)).all()
            assert set(told) == {refs["Ada"], ref}

    def test_the_list_of_visits_leads_here(self, dana: Browser, refs: dict[str, str]) -> None:
        page = dana.get("/visits")
        boxes = {box.attributes["value"]: box for box in page.root.all("input", name="visit")}
        assert {ref for ref, box in boxes.items() if "disabled" not in box.attributes} >= set(refs.values())
        [form] = [each for each in page.root.all("form") if each.all("input", name="visit")]
        assert form.attributes["action"] == "/notify"

    def test_several_days_at_once(self, dana: Browser, refs: dict[str, str]) -> None:
        page = dana.get(f"/notify?day={TUESDAY}&day=2026-12-03")
        assert page.h1 == "Notify customers of Tue, Dec 1, Thu, Dec 3"
        assert "Ben" in ticked(page)

    def test_nothing_chosen_says_how_to_choose(self, dana: Browser, world: World) -> None:
        assert "No visits chosen" in dana.get("/notify").text


class TestPreview:
    def test_a_customers_own_text_and_what_it_takes(self, dana: Browser, refs: dict[str, str]) -> None:
        page = dana.get(f"/notify/{TUESDAY}")
        [shown] = page.root.all("aside", id="notify-preview")
        assert "8:00-10:00" in shown.text
        assert "of 160 characters, 1 segment, 0.20 credits" in shown.text
        assert "Longest SMS of all" in shown.text

    def test_another_customer_and_language(self, dana: Browser, refs: dict[str, str]) -> None:
        page = dana.get(f"/notify/{TUESDAY}")
        [form] = page.root.all("form", id="notify")
        reader = visit(refs["Ben"]).customer_id
        shown = dana.post(form.attributes["action"], {**values(form), "reader": reader, "language": "de"})
        [aside] = shown.root.all("aside", id="notify-preview")
        assert "Dienstag, 1. Dezember" in aside.text
        assert values(shown.root.all("form", id="notify")[0])["reader"] == [str(reader)]

    def test_a_test_goes_to_who_asks_and_to_no_customer(
        self, dana: Browser, refs: dict[str, str], drain: Callable[[], int]
    ) -> None:
        page = dana.get(f"/notify/{TUESDAY}")
        [form] = page.root.all("form", id="notify")
        typed = {**values(form), "act": "test-email", "ways": "both"}
        said = dana.post(form.attributes["action"], typed)
        assert "A test is on its way to dispatcher@example.com" in said.text
        drain()
        with transaction() as session:
            message = session.scalars(select(Message)).one()
            assert (message.recipient, message.state) == ("dispatcher@example.com", MessageState.SENT)
            assert session.scalars(select(Invitation)).all() == []
