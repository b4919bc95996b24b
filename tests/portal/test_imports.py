"""Planning documents by upload: looked at first, then taken, and what is in dispute settled."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.engine import embedded
from portal.models import AuditEntry, Role
from portal.transaction import transaction
from scheduling import customers
from scheduling.events import Actor
from scheduling.models import Conflict, Customer, Setting
from tests.conftest import SetClock
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World

DOCUMENT = {"location": "main", "timezone": "America/New_York", "customers": [{"ref": "K9", "name": "Karla Sample"}]}


@pytest.fixture
def ada(people: People, world: World) -> Browser:
    return people.ada()


def document(**customer: Any) -> dict[str, Any]:
    return {**DOCUMENT, "customers": [{"ref": "K9", "name": "Karla Sample", **customer}]}


def upload(browser: Browser, content: Any, name: str = "plan.json", status: int = 200) -> Page:
    payload = content if isinstance(content, bytes) else json.dumps(content).encode()
    page = browser.get("/settings/imports")
    return browser.press(page, "Show what it would change", status, file=(BytesIO(payload), name))


def bring(browser: Browser, content: Any) -> Page:
    return browser.press(upload(browser, content), "Import the document", act="import")


def karla() -> Customer | None:
    with transaction() as session:
        return session.scalar(select(Customer).where(Customer.ref == "K9"))


def edit_karla(**changes: str) -> None:
    with transaction() as session:
        customer = session.scalars(select(Customer).where(Customer.ref == "K9")).one()
        customers.edit(session, customer, changes, seen=customer.version, actor=Actor.staff(1))


def open_conflicts() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(Conflict.field).where(Conflict.resolved_at.is_(None)).order_by(Conflict.id)))


def test_half_a_character_is_refused_and_the_page_can_be_read(ada: Browser) -> None:
    shown = upload(
        ada, {**DOCUMENT, "customers": [{"ref": "a\ud800b", "name": "Karla"}, {"ref": "K9", "name": "Karla"}]}
    )
    assert "holds a control character" in shown.text


def test_a_document_that_nobody_imports_is_forgotten(ada: Browser, app: Flask, now: SetClock) -> None:
    def kept() -> int:
        with transaction() as session:
            return len(session.scalars(select(Setting).where(Setting.key.startswith("upload:"))).all())

    upload(ada, DOCUMENT)
    embedded.tick(app)
    assert kept() == 1
    now.advance(hours=3)
    embedded.tick(app)
    assert kept() == 0


def test_nothing_is_written_before_the_import(ada: Browser) -> None:
    shown = upload(ada, DOCUMENT)
    assert shown.h1 == "What the document would change"
    assert "customer K9 Karla Sample" in shown.text
    assert karla() is None
    done = ada.press(shown, "Import the document", act="import")
    assert "plan.json is imported" in done.text
    assert karla()
    assert "1 customers, new" in ada.get("/settings/imports").text
    with transaction() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.area != "access")).one()
        assert (entry.area, entry.action, entry.subject) == ("import", "imported", "plan.json")


def test_changes_are_shown_before_and_after(ada: Browser) -> None:
    bring(ada, DOCUMENT)
    shown = upload(ada, document(name="Karla Example"))
    assert "customer K9 name Karla Sample Karla Example" in shown.text
    assert "New (0)" in shown.text
    assert "Nothing changes" in upload(ada, DOCUMENT).text


def test_a_side_is_chosen_for_each_conflict(ada: Browser) -> None:
    bring(ada, document(phone="+12025550111"))
    edit_karla(name="Ours", phone="+12025550122")
    shown = upload(ada, document(name="Theirs", phone="+12025550133"))
    assert "In dispute (2)" in shown.text
    sides: dict[str, Any] = {
        row.attributes["name"]: "ours" for row in shown.root.all("input", type="radio", value="ours")
    }
    phone = next(
        node.attributes["name"]
        for node in shown.root.all("input", type="radio", value="theirs")
        if "+12025550133" in next(iter(node.above())).text
    )
    elsewhere = ada.press(shown, "New (0)", act="show created", **{**sides, phone: "theirs"})
    back = ada.get(f"{elsewhere.response.request.path}?show=conflicts")
    assert [
        node.attributes["value"] for node in back.root.all("input", name=phone) if "checked" in node.attributes
    ] == ["theirs"], "what was chosen is kept while looking elsewhere"
    done = ada.press(back, "Import the document", act="import", **{**sides, phone: "theirs"})
    assert "1 in dispute stay as they are" in done.text
    found = karla()
    assert found
    assert (found.name, found.phone) == ("Ours", "+12025550133")
    assert open_conflicts() == ["name"]


def test_the_document_is_taken_in_everything(ada: Browser) -> None:
    bring(ada, document(phone="+12025550111"))
    edit_karla(name="Ours", phone="+12025550122")
    shown = upload(ada, document(name="Theirs", phone="+12025550133"))
    chosen = ada.press(shown, "Take all of the document’s", act="all theirs")
    ada.press(chosen, "Import the document", act="import", **_checked(chosen))
    found = karla()
    assert found
    assert (found.name, found.phone) == ("Theirs", "+12025550133")


def _checked(page: Page) -> dict[str, Any]:
    radios = page.root.all("input", type="radio")
    return {node.attributes["name"]: node.attributes["value"] for node in radios if "checked" in node.attributes}


@pytest.mark.parametrize(
    ("button", "name", "action"), [("Keep ours", "Ours", "kept ours"), ("Take the document’s", "Theirs", "took theirs")]
)
def test_a_dispute_is_settled_later(ada: Browser, people: People, button: str, name: str, action: str) -> None:
    bring(ada, DOCUMENT)
    edit_karla(name="Ours")
    bring(ada, document(name="Theirs"))
    page = ada.get("/settings/imports")
    assert "customer K9 name Ours Theirs" in page.text
    settled = ada.press(page, button)
    assert "Nothing. Where a document and the portal both change a field" in settled.text
    found = karla()
    assert found
    assert found.name == name
    with transaction() as session:
        assert session.scalars(select(Conflict)).one().resolved_by == f"user:{people.ids[Role.ADMINISTRATOR]}"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
        assert entry.subject == "customer K9, name"
        assert "Theirs" not in json.dumps(entry.changes), "values may be somebody's number"


def test_a_dispute_about_what_is_gone_says_so(ada: Browser) -> None:
    bring(ada, DOCUMENT)
    edit_karla(name="Ours")
    bring(ada, document(name="Theirs"))
    with transaction() as session:
        session.scalars(select(Conflict)).one().ref = "K10"
    assert (
        "can’t be taken: the document's record" in ada.press(ada.get("/settings/imports"), "Take the document’s").text
    )


def test_refused_rows_are_named_and_may_be_left_out(ada: Browser) -> None:
    wrong = {**DOCUMENT, "customers": [{"name": "No ref"}, {"ref": "K9", "name": "Karla"}]}
    refused = upload(ada, wrong)
    assert "One row stands in the way" in refused.text
    assert "ref" in refused.text
    assert not refused.has_button("Import the document")
    rest = ada.press(refused, "Leave the refused rows out", act="partial")
    assert "Refused (1)" in rest.text
    assert karla() is None
    assert "1 rows were refused" in ada.press(rest, "Import the document", act="import").text
    assert karla()


@pytest.mark.parametrize(
    ("payload", "name", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(30), "logo.png", "is a picture; a planning document is JSON, CSV or XLSX"),
        (b"{", "plan.json", "isn't JSON"),
    ],
)
def test_what_is_no_document_is_said_kindly(ada: Browser, payload: bytes, name: str, words: str) -> None:
    refused = upload(ada, payload, name, 422)
    assert f"{name} {words}" in refused.text
    assert ada.get("/settings/imports/preview").h1 == "Imports", "it doesn't wait"


def test_a_file_has_to_be_chosen(ada: Browser) -> None:
    page = ada.press(ada.get("/settings/imports"), "Show what it would change", 422)
    assert "Choose a file." in page.text


def test_a_document_waits_for_two_hours_and_for_nobody_else(
    app: Flask, ada: Browser, people: People, now: SetClock
) -> None:
    shown = upload(ada, DOCUMENT)
    mia = people.browser(Role.MANAGER)
    assert "waits for your decision" not in mia.get("/settings/imports").text
    assert mia.get("/settings/imports/preview").h1 == "Imports"
    assert "plan.json waits for your decision" in ada.get("/settings/imports").text
    now.advance(hours=2, minutes=1)
    ada = people.ada()
    assert "no longer waiting" in ada.press(shown, "Import the document", act="import", csrf_token=ada.token).text
    assert karla() is None


def test_a_document_is_dropped(ada: Browser) -> None:
    assert "Nothing was changed" in ada.press(upload(ada, DOCUMENT), "Drop the document", act="drop").text
    assert ada.get("/settings/imports/preview").h1 == "Imports"


def test_many_rows_are_shown_a_page_at_a_time(ada: Browser) -> None:
    many = {**DOCUMENT, "customers": [{"ref": f"M{n:04}", "name": f"Many {n}"} for n in range(120)]}
    shown = upload(ada, many)
    assert "1–50 of 120" in shown.text
    last = ada.press(ada.press(shown, "Next", act="show created 2"), "Next", act="show created 3")
    assert "101–120 of 120" in last.text
    assert "Many 119" in last.text
