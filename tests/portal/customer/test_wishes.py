"""No dead end: wishes, a call back, "no longer needed"; kept for a dispatcher, nothing cancelled by itself."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.transaction import transaction
from scheduling.models import Task, TaskKind, VisitStatus
from tests.page import Page
from tests.portal.customer.conftest import Ana, with_terms
from tests.portal.customer.test_states import becomes, postponed


def wishes_page(ana: Ana) -> Page:
    return ana.visitor.get(f"{ana.path}/1/wishes")


def kept() -> list[Task]:
    with transaction() as session:
        return list(session.scalars(select(Task)))


def test_wishes_are_kept_and_the_appointment_stands(ana: Ana) -> None:
    before = ana.visit()
    fields: dict[str, Any] = {
        "day_1": "2026-12-08",
        "part_1": "morning",
        "day_2": "2026-12-09",
        "comment": " after school ",
    }
    page = ana.visitor.press(wishes_page(ana), "Send", **fields)
    assert "We are looking for another time" in page.text
    assert "You asked for: Tue, Dec 8 (Morning), Wed, Dec 9." in page.text
    assert "Until then your appointment stays as it is." in page.text
    assert page.has_button("Confirm this time")
    [task] = kept()
    assert (task.kind, task.comment) == (TaskKind.WISH, "after school")
    assert task.wishes == [{"day": "2026-12-08", "part": "morning"}, {"day": "2026-12-09", "part": "any"}]
    assert (ana.visit().status, ana.visit().window) == (VisitStatus.PLANNED, before.window)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("call_back", "We will call you back."), ("not_needed", "you no longer need this appointment")],
)
def test_other_requests_need_no_day(ana: Ana, kind: str, words: str) -> None:
    with_terms(rescheduling=False)
    page = ana.visitor.press(wishes_page(ana), "Send", kind=kind, day_1="2026-12-08")
    assert words in page.text
    assert [(task.kind, task.wishes) for task in kept()] == [(kind, [])]
    assert ana.visit().status is VisitStatus.PLANNED


def test_sending_twice_asks_once(ana: Ana) -> None:
    page = wishes_page(ana)
    for _ in range(2):
        ana.visitor.press(page, "Send", kind="call_back")
    assert len(kept()) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Choose a day, or write what would suit you."),
        ({"day_1": "2026-11-29"}, "This day has passed."),
        ({"day_1": "2026-12-08", "day_2": "2026-11-01"}, "This day has passed."),
        ({"day_1": "tomorrow"}, "Not a valid date value."),
        ({"kind": "dance"}, "Not a valid choice."),
        ({"day_1": "2026-12-08", "part_1": "night"}, "Not a valid choice."),
        ({"comment": "x" * 1001}, "Write at most 1000 characters."),
    ],
)
def test_what_was_typed_stays_in_a_form_that_is_refused(ana: Ana, fields: dict[str, Any], words: str) -> None:
    typed: dict[str, Any] = {"day_2": "2026-12-09", "comment": "ring twice"} if fields else {}
    page = ana.visitor.press(wishes_page(ana), "Send", 422, **{**typed, **fields})
    assert words in page.text
    for name, value in {**typed, **fields}.items():
        if name.startswith("day"):
            assert page.root.all("input", id=name)[0].attributes["value"] == value
    if "comment" in typed and "comment" not in fields:
        assert page.root.all("textarea")[0].text == "ring twice"
    assert kept() == []


def test_a_wish_about_an_older_promise_is_asked_again_with_what_was_typed(ana: Ana) -> None:
    page = wishes_page(ana)
    ana.change(postponed)
    again = ana.visitor.press(page, "Send", 409, kind="call_back", comment="ring twice")
    assert "What you wrote is still here." in again.text
    assert again.root.all("textarea")[0].text == "ring twice"
    assert kept() == []
    assert "We will call you back." in ana.visitor.press(again, "Send").text


def test_it_is_open_after_the_cut_off_and_without_a_time_but_not_after_the_work(ana: Ana) -> None:
    ana.change(becomes(VisitStatus.UNPLANNED))
    assert wishes_page(ana).has_button("Send")
    ana.change(becomes(VisitStatus.CANCELLED))
    assert "Nothing was changed" in ana.visitor.get(f"{ana.path}/1/wishes", 409).text


def test_the_day_is_that_of_the_place(ana: Ana) -> None:
    """At nine in the morning UTC it still is Monday on the other side of the Atlantic."""
    ana.change(lambda _session, visit: setattr(visit.location, "zone_name", "Pacific/Pago_Pago"))
    today = (ana.visit().created_at - timedelta(hours=11)).date()
    assert "We are looking" in ana.visitor.press(wishes_page(ana), "Send", day_1=today.isoformat()).text
