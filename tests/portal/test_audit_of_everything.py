"""Whatever is changed under the settings, and who comes in, leaves an entry in the audit log."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import lanes, seeding
from notifications.models import Template
from portal import staff
from portal.admin import BLUEPRINTS
from portal.models import AuditEntry, Role, User
from portal.transaction import transaction
from scheduling.models import Absence, Conflict, Customer, VisitType
from tests.conftest import MONDAY
from tests.page import Page
from tests.people import Browser, People
from tests.portal.conftest import World
from tests.portal.test_imports import DOCUMENT, upload

WITHOUT = {
    "imports.take": "the preview alone, which is rolled back",
    "channels.test": "a message to oneself, which stands in the messages",
    "preview.draft": "a page that keeps nothing",
    "preview.style": "a page that keeps nothing",
}
"""POSTs under the settings that change nothing of what is set."""


@pytest.fixture
def ada(people: People, world: World) -> Browser:
    """With one of everything that can be changed."""
    browser = people.ada()
    with transaction() as session:
        seeding.seed(session)
        lanes.stop(session, lanes.ALL, "restored from a backup")
        session.add(VisitType(ref="repair", name="Repair", names={}, duration=45, skills=[]))
        absent = {"technician_id": world.technician_id, "first": MONDAY.date(), "last": MONDAY.date()}
        session.add(Absence(**absent))
        customer = session.scalars(select(Customer).where(Customer.ref == world.customer)).one()
        for field in ("name", "phone"):
            session.add(Conflict(kind="customers", ref=customer.ref, field=field, portal="A", document="B", at=MONDAY))
    return browser


def entries() -> list[AuditEntry]:
    with transaction() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def number(session: Session, column: Any) -> int:
    return int(session.scalars(select(column).order_by(column.desc()).limit(1)).one())


def acts(ada: Browser, world: World, people: People) -> Iterator[tuple[str, Page]]:
    """Each POST once, as a person would come to it; yields the endpoint."""
    where = f"/settings/technicians/{world.technician_id}"
    there = f"/settings/locations/{world.location_id}"
    with transaction() as session:
        template, kind = number(session, Template.id), number(session, VisitType.id)
        conflicts = list(session.scalars(select(Conflict.id)))
    get, press = ada.get, ada.press
    yield "link_terms.save", press(get("/settings/link"), "Save the link settings", act="save", validity_days="9")
    yield "style.save", press(get("/settings/style"), "Save company and style", name="Oak Heating")
    text: dict[str, Any] = {"en-body": "Hello {{ link }}"}
    yield "templates.create", press(get("/settings/templates/new"), "Save the template", act="save", name="New", **text)
    page = get(f"/settings/templates/{template}")
    yield "templates.save", press(page, "Save the template", act="save", name="Other")
    yield "templates.duplicate", ada.post(f"/settings/templates/{template}/duplicate", {})
    with transaction() as session:
        copy = number(session, Template.id)
    yield "templates.delete", ada.post(f"/settings/templates/{copy}/delete", {})
    yield "imports.decide", press(upload(ada, DOCUMENT), "Import the document", act="import")
    yield "imports.keep", ada.post(f"/settings/imports/conflicts/{conflicts[0]}/keep", {})
    page = get("/settings/locations/new")
    yield "locations.create", press(page, "Save the location", act="save", name="N", ref="n", zone_name="Europe/Vaduz")
    yield "locations.save", press(get(there), "Save the location", act="save", name="Other")
    day = {"first": "2026-12-24", "last": "2026-12-24"}
    yield "locations.close", press(get(there), "Close these days", **day)  # type: ignore[arg-type]
    yield "locations.reopen", ada.post(f"{there}/closures/remove", day)
    yield "technicians.save", press(get(where), "Save the technician", act="save", name="Other")
    yield "technicians.add_absence", press(get(where), "Add the days", **day)  # type: ignore[arg-type]
    yield "technicians.remove_absence", ada.post(f"{where}/absences/1/remove", {})
    page = get("/settings/visit-types/new")
    yield "visit_types.create", press(page, "Save the visit type", name="N", ref="n", duration="5")
    yield "visit_types.save", press(get(f"/settings/visit-types/{kind}"), "Save the visit type", duration="5")
    yield "visit_types.delete", ada.post(f"/settings/visit-types/{kind}/delete", {})
    page = get("/settings/people/invite")
    yield "people.invite", press(page, "Invite the person", name="Zoe", email="z@example.com", role="dispatcher")
    with transaction() as session:
        person = f"/settings/people/{number(session, User.id)}"
    yield "people.save", press(get(person), "Save the person", role="manager")
    yield "people.send_link", ada.post(f"{person}/link", {})
    yield "people.disable", ada.post(f"{person}/disable", {})
    yield "people.enable", ada.post(f"{person}/enable", {})
    yield "channels.release", ada.post(f"/settings/channels/{lanes.ALL}/release", {})


def test_every_change_of_settings_leaves_one(app: Flask, ada: Browser, world: World, people: People) -> None:
    names = {blueprint.name for blueprint in BLUEPRINTS}
    changing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint.split(".")[0] in names
    }
    seen, tried = len(entries()), set(WITHOUT)
    for endpoint, _ in acts(ada, world, people):
        found = entries()
        assert len(found) > seen, f"{endpoint} left no entry"
        assert found[-1].actor == f"user:{people.ids[Role.ADMINISTRATOR]}"
        seen = len(found)
        tried.add(endpoint)
    tried.add("imports.settle")  # what it leaves is looked at with the imports
    assert changing == tried & changing, f"not tried: {sorted(changing - tried)}"


def test_looking_leaves_none(ada: Browser) -> None:
    before = len(entries())
    for path in ("/settings", "/settings/audit", "/settings/people", "/settings/link", "/settings/imports"):
        ada.get(path)
    assert len(entries()) == before


def test_who_comes_in_and_who_is_refused(app: Flask, people: People, world: World) -> None:
    with transaction() as session:
        user = staff.invite(session, email="zoe@example.com", name="Zoe", role=Role.DISPATCHER)
        staff.set_password(session, user, "a long enough password")
    nobody = people.nobody()
    nobody.send("/sign-in", email="zoe@example.com", password="my secret slip")
    nobody.send("/sign-in", email="my-password-by-mistake", password="x")
    nobody.send("/sign-in", email="zoe@example.com", password="a long enough password")
    assert [(each.area, each.subject, each.action) for each in entries()] == [
        ("access", "Zoe", "was refused"),
        ("access", "nobody known", "was refused"),
        ("access", "Zoe", "signed in by password"),
    ]
    assert "secret" not in str([vars(each) for each in entries()])
