"""Notifying the customers of a day."""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifications import seeding, sendings, templates
from notifications.models import ChannelName, Message, MessageState, Sending
from notifications.templates import Text
from portal.engine import work
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Confirmation, Customer, Location, Visit
from scheduling.terms import LinkTerms, SlotTime
from tests.conftest import SetClock
from tests.factories import TUESDAY, hours, make_customer, make_route, make_technician, make_visit
from tests.page import Node, Page, values
from tests.people import Browser, People
from tests.portal.conftest import World

DIALOG = f"/notify/{TUESDAY}"
MISSING: Mapping[str, dict[str, Any]] = {
    "Eva": {"phone": None},
    "Max": {"email": None},
    "Pia": {"phone": None, "email": None},
    "Zoe": {},
}
"""What isn't known of the customers."""


@pytest.fixture
def dana(people: People) -> Browser:
    return people.dana()


@pytest.fixture
def full(world: World) -> dict[str, int]:
    """On Tuesday: Ana (told already), Eva (by e-mail only), Max (nothing promised), Pia (no way), Zoe (agreed)."""
    with transaction() as session:
        seeding.seed(session)
        location = session.get_one(Location, world.location_id)
        told = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visits = [
            make_visit(
                session,
                location,
                customer=make_customer(session, name=f"{name} Example", **contacts),
                north=3,
                window=None if name == "Max" else hours(TUESDAY, 8, 17, location),
            )
            for name, contacts in MISSING.items()
        ]
        visits[-1].confirmation = Confirmation.CONFIRMED
        make_route(session, make_technician(session, location), TUESDAY, visits)
        return {visit.customer.name.split()[0]: visit.customer_id for visit in (told, *visits)}


@pytest.fixture
def drain(app: Flask, now: SetClock) -> Callable[[], int]:
    """Let the time of grace pass, and the worker do all that is due."""

    def later() -> int:
        now.advance(seconds=sendings.GRACE.seconds)
        return work.of_app(app).drain()

    return later


def ticked(page: Page) -> list[str]:
    """The customers whose boxes are ticked."""
    boxes = page.root.all("input", type="checkbox", name="customer")
    labels = {node.attributes.get("for"): node.text for node in page.root.all("label")}
    return [labels[box.attributes["id"]].split()[0] for box in boxes if "checked" in box.attributes]


def line(page: Page, name: str) -> Node:
    """A customer's row or, for one who can't be reached, list item."""
    [found] = [node for node in page.root.all("tr", "li") if f"{name} Example" in node.text]
    return found


def total(page: Page) -> str:
    [found] = page.root.all("div", id="notify-count")
    return found.all("p")[0].text


def progress(page: Page) -> str:
    [found] = page.root.all("div", id="sending")
    return found.all("p")[0].text.replace(" ,", ",")


def send(dana: Browser, page: Page, status: int = 200, **changes: object) -> Page:
    [form] = page.root.all("form", id="notify")
    return dana.post(form.attributes["action"], {**values(form), "act": "send", **changes}, status)


def count(dana: Browser, page: Page, act: str = "count", **changes: object) -> Page:
    [form] = page.root.all("form", id="notify")
    return dana.post(form.attributes["action"], {**values(form), "act": act, **changes})


def change_terms(**changes: object) -> None:
    with transaction() as session:
        settings.save(session, settings.load(session, LinkTerms).model_copy(update=changes))


class TestDialog:
    def test_those_neither_agreed_nor_told_are_ticked(self, dana: Browser, full: dict[str, int]) -> None:
        page = dana.get(DIALOG)
        assert ticked(page) == ["Eva", "Max"]
        said = "2 of 5 will be notified: 1 already notified, 1 confirmed, 1 no number; 1 segment, 0.20 credits"
        assert total(page) == said
        assert page.has_button("Notify 2 customers")

    def test_who_cannot_be_reached_is_listed_with_reason_and_a_way_to_mend_it(
        self, dana: Browser, full: dict[str, int]
    ) -> None:
        page = dana.get(DIALOG)
        assert "1 can’t be reached : 1 no number" in page.text
        assert "SMS: no number; e-mail: no e-mail address" in line(page, "Pia").text
        [file] = line(page, "Pia").all("a")
        assert dana.get(file.attributes["href"]).h1.startswith("Pia Example")

    def test_each_customer_shows_way_promise_and_state(self, dana: Browser, full: dict[str, int]) -> None:
        page = dana.get(DIALOG)
        assert line(page, "Ana").text == "Ana Example 8–10 SMS waiting"
        assert line(page, "Eva").text == "Eva Example 8–17 e-mail no number not notified"
        assert line(page, "Zoe").text == "Zoe Example 8–17 SMS confirmed"

    def test_the_promise_that_will_be_made_is_shown(self, dana: Browser, full: dict[str, int]) -> None:
        assert line(dana.get(DIALOG), "Max").text == "Max Example 8–10 new SMS not notified"
        change_terms(slots=(SlotTime(start=time(20), end=time(21)),))
        assert line(dana.get(DIALOG), "Max").text == "Max Example 8–17 whole shift SMS not notified"

    def test_counting_again_follows_the_choice(self, dana: Browser, full: dict[str, int]) -> None:
        page = count(dana, dana.get(DIALOG), customer=[full["Max"]])
        assert ticked(page) == ["Max"]
        assert total(page).startswith("1 of 5 will be notified: ")
        assert "1 not chosen" in total(page)
        assert page.has_button("Notify 1 customer")

    def test_another_template_reaches_others_and_forgets_nobody(self, dana: Browser, full: dict[str, int]) -> None:
        by_sms = count(dana, dana.get(DIALOG), email="")
        assert ticked(by_sms) == ["Max"]
        assert "2 no number" in total(by_sms)
        again = count(dana, by_sms, email=_template(ChannelName.EMAIL))
        assert ticked(again) == ["Eva", "Max"]

    def test_both_ways_are_both_said(self, dana: Browser, full: dict[str, int]) -> None:
        page = count(dana, dana.get(DIALOG), ways="both")
        assert "SMS and e-mail" in line(page, "Zoe").text

    def test_a_day_without_stops_has_nobody_to_notify(self, dana: Browser, full: dict[str, int]) -> None:
        assert "Nobody to notify" in dana.get("/notify/2026-12-24").text


class TestAllowedDays:
    def test_lines_come_and_go_and_what_was_typed_stays(self, dana: Browser, full: dict[str, int]) -> None:
        typed = count(dana, dana.get(DIALOG), "add", limited="on", first=["2026-12-03"], last=[""])
        [form] = typed.root.all("form", id="notify")
        assert values(form)["first"] == ["2026-12-03", ""]
        less = count(dana, typed, "remove-0", first=["2026-12-03", "2026-12-07"], last=["", "2026-12-09"])
        [form] = less.root.all("form", id="notify")
        assert (values(form)["first"], values(form)["last"]) == (["2026-12-07"], ["2026-12-09"])
        assert values(form)["limited"] == ["on"]

    @pytest.mark.parametrize(
        ("first", "last", "why"),
        [
            ("", "", "Add at least one day"),
            ("2026-11-20", "", "must end today or later"),
            ("2026-12-09", "2026-12-07", "ends before it begins"),
            ("soon", "", "as a date"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_kept(
        self, dana: Browser, full: dict[str, int], first: str, last: str, why: str
    ) -> None:
        page = send(dana, dana.get(DIALOG), 422, limited="on", first=[first], last=[last], customer=[full["Max"]])
        assert why in page.text
        [form] = page.root.all("form", id="notify")
        kept = values(form)
        assert (kept["first"], kept["last"], kept["customer"]) == ([first], [last], [str(full["Max"])])
        with transaction() as session:
            assert session.scalar(select(func.count(Sending.id))) == 0

    def test_the_days_go_with_the_sending(self, dana: Browser, full: dict[str, int]) -> None:
        send(dana, dana.get(DIALOG), limited="on", first=["2026-12-03", "2026-12-07"], last=["", "2026-12-09"])
        with transaction() as session:
            assert session.scalars(select(Sending.allowed_days)).one() == [
                ["2026-12-03", "2026-12-03"],
                ["2026-12-07", "2026-12-09"],
            ]

    @pytest.mark.parametrize("off", [{"rescheduling": False}, {"choose_days": False}])
    def test_they_are_not_offered_where_they_are_off(
        self, dana: Browser, full: dict[str, int], off: dict[str, bool]
    ) -> None:
        assert "allowed rescheduling days" in dana.get(DIALOG).text
        change_terms(**off)
        assert "allowed rescheduling days" not in dana.get(DIALOG).text

    def test_they_are_not_offered_without_a_link(self, dana: Browser, full: dict[str, int]) -> None:
        with transaction() as session:
            plain = templates.create(session, "Plain", ChannelName.SMS, {"en": Text("We come soon.")}).id
        page = count(dana, dana.get(DIALOG), sms=plain, email="")
        assert "allowed rescheduling days" not in page.text


class TestSending:
    def test_messages_go_and_their_links_can_be_followed(
        self, dana: Browser, full: dict[str, int], drain: Callable[[], int]
    ) -> None:
        page = send(dana, dana.get(DIALOG))
        assert page.h1 == "Customers of Tue, Dec 1"
        assert progress(page).startswith("0 of 3 notified, 2 on the way, 1 not reached")
        assert page.has_button("Stop sending")
        drain()
        page = dana.get(page.response.request.path)
        assert progress(page) == "2 of 3 notified, 1 not reached"
        assert not page.has_button("Stop sending")
        links = [node for node in page.root.all("a") if "/c/" in node.attributes.get("href", "")]
        assert len(links) == 2

    def test_the_promise_is_made_and_the_dialog_knows(self, dana: Browser, full: dict[str, int], now: SetClock) -> None:
        send(dana, dana.get(DIALOG), customer=[full["Max"]])
        with transaction() as session:
            max_ = session.scalars(select(Visit).where(Visit.customer_id == full["Max"])).one()
            assert (max_.confirmation, max_.window is None) == (Confirmation.NOTIFIED, False)
        page = dana.get(DIALOG)
        assert ticked(page) == ["Eva"]
        assert "already notified just now" in line(page, "Max").text
        now.advance(minutes=10)
        assert "already notified 10 min ago" in line(dana.get(DIALOG), "Max").text

    def test_a_double_click_sends_once(self, dana: Browser, full: dict[str, int]) -> None:
        dialog = dana.get(DIALOG)
        first, second = send(dana, dialog), send(dana, dialog)
        assert first.response.request.path == second.response.request.path
        with transaction() as session:
            assert session.scalar(select(func.count(Sending.id))) == 1

    def test_stop_cancels_what_has_not_gone(
        self, dana: Browser, full: dict[str, int], drain: Callable[[], int]
    ) -> None:
        page = dana.press(send(dana, dana.get(DIALOG)), "Stop sending")
        assert progress(page) == "Stopped: 0 of 3 notified, 2 stopped, 1 not reached"
        drain()
        with transaction() as session:
            states = session.scalars(select(Message.state)).all()
            assert set(states) == {MessageState.CANCELLED, MessageState.SKIPPED}

    def test_nobody_chosen_is_refused(self, dana: Browser, full: dict[str, int]) -> None:
        assert "at least one customer" in send(dana, dana.get(DIALOG), 422, customer=[]).text

    def test_no_template_is_refused(self, dana: Browser, full: dict[str, int]) -> None:
        page = send(dana, dana.get(DIALOG), 422, sms="", email="")
        assert "Choose a template" in page.text
        assert ticked(page) == ["Eva", "Max", "Pia"]

    def test_only_the_day_can_be_notified(self, dana: Browser, full: dict[str, int]) -> None:
        with transaction() as session:
            stranger = session.scalars(select(Customer.id).where(Customer.id.not_in(full.values()))).first()
        send(dana, dana.get(DIALOG), 422, customer=[stranger])

    def test_the_board_alone_says_how_far_it_is(self, dana: Browser, full: dict[str, int]) -> None:
        page = send(dana, dana.get(DIALOG))
        answer = dana.client.get(f"{page.response.request.path}/board")
        assert "2 on the way" in Page(answer).text
        assert "<html" not in answer.text

    def test_an_unknown_sending_is_not_found(self, dana: Browser, world: World) -> None:
        dana.get("/sendings/99", 404)


def _template(channel: ChannelName) -> int:
    """The built-in template of the channel that asks to confirm."""
    with transaction() as session:
        return next(
            each.id for each in templates.listed(session) if each.name.startswith("Confirm") and each.channel is channel
        )
