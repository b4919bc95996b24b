"""People, visit types and the audit log as an administrator works with them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.models import AuditEntry, Role, User
from portal.transaction import transaction
from scheduling.models import Visit, VisitType
from tests.people import Browser, People
from tests.portal.conftest import World


@pytest.fixture
def ada(people: People, world: World) -> Browser:
    return people.ada()


def entries(area: str) -> list[tuple[str, str]]:
    with transaction() as session:
        query = select(AuditEntry).where(AuditEntry.area == area).order_by(AuditEntry.id)
        return [(entry.action, entry.subject) for entry in session.scalars(query)]


def test_the_last_sign_in_is_told_on_the_locations_clock(ada: Browser, people: People) -> None:
    dana = people.user(Role.DISPATCHER)
    with transaction() as session:
        session.get_one(User, dana.id).signed_in_at = datetime(2026, 11, 30, 3, 30, tzinfo=UTC)
    page = ada.get("/settings/people")
    assert "Sun, Nov 29, 22:30 Times are those of America/New_York" in page.text
    assert "Ada Admin (you)" in page.text


def test_roles_say_what_they_may_do(ada: Browser) -> None:
    text = ada.get("/settings/people/invite").text
    assert "Dispatcher: plans visits, notifies customers, answers their requests." in text
    assert "Technician: sees the route of the day, nothing else." in text


def test_the_only_administrator_is_told_so_and_stays(ada: Browser, people: People) -> None:
    me = people.ids[Role.ADMINISTRATOR]
    page = ada.get(f"/settings/people/{me}")
    assert "The only administrator who can come in" in page.text
    assert not page.has_button("Shut out")
    refused = ada.send(f"/settings/people/{me}/disable")
    assert refused.status_code == 409
    assert people.user(Role.ADMINISTRATOR).is_active


def test_an_invited_second_administrator_does_not_count_before_the_password(ada: Browser, people: People) -> None:
    me = people.ids[Role.ADMINISTRATOR]
    with transaction() as session:
        session.get_one(User, me).password_hash = "x"
    ada.press(
        ada.get("/settings/people/invite"), "Invite the person", name="Zoe", email="z@example.com", role="administrator"
    )
    assert ada.send(f"/settings/people/{me}/disable").status_code == 409


def test_what_is_done_to_people_is_in_the_log(ada: Browser, people: People) -> None:
    page = ada.get("/settings/people/invite")
    made = ada.press(page, "Invite the person", name="Zoe", email="z@example.com", role="dispatcher")
    ada.press(made, "Send the invitation again")
    ada.press(made, "Save the person", role="manager")
    ada.press(made, "Shut out")
    assert entries("person") == [("created", "Zoe"), ("sent a link", "Zoe"), ("changed", "Zoe"), ("shut out", "Zoe")]
    log = ada.get("/settings/audit?area=person&q=zoe")
    assert "role dispatcher → became manager" in log.text
    assert "password" not in log.text.lower().replace("no password yet", "")


def test_the_log_is_filtered(ada: Browser) -> None:
    ada.press(ada.get("/settings/people/invite"), "Invite the person", name="Zoe", email="z@example.com")
    assert "Zoe" in ada.get("/settings/audit?from=2026-11-30&to=2026-11-30").text
    for question in ("area=link", "q=nobody", "to=2026-11-29", "from=2026-12-01", "actor=user:99"):
        assert "No such entry" in ada.get(f"/settings/audit?{question}").text, question
    assert "Zoe" in ada.get("/settings/audit?from=0001-01-01&to=9999-12-31&page=x").text


def test_a_visit_type_is_made_changed_and_deleted(ada: Browser) -> None:
    page = ada.get("/settings/visit-types/new")
    wrong = ada.press(page, "Save the visit type", 422, name="Repair", ref="repair", duration="0")
    assert "A whole number from 1 to 1440." in wrong.text
    names: dict[str, Any] = {"names-fr": "Réparation", "names-de": "Reparatur"}
    ada.press(page, "Save the visit type", name="Repair", ref="repair", duration="45", skills="gas, water", **names)
    again = ada.press(page, "Save the visit type", 422, name="Repair", ref="repair", duration="45")
    assert "Another visit type has this reference." in again.text
    with transaction() as session:
        kind = session.scalars(select(VisitType)).one()
        assert (kind.names, kind.duration, kind.skills) == (
            {"fr": "Réparation", "de": "Reparatur"},
            45,
            ["gas", "water"],
        )
    edit = ada.get(f"/settings/visit-types/{kind.id}")
    ada.press(edit, "Save the visit type", duration="50")
    assert "is deleted" in ada.press(edit, "Delete the visit type").text
    assert [action for action, _ in entries("visit type")] == ["created", "changed", "deleted"]


def test_a_visit_type_in_use_stays_and_says_where(ada: Browser, world: World) -> None:
    with transaction() as session:
        kind = VisitType(ref="repair", name="Repair", names={}, duration=30, skills=[])
        session.add(kind)
        session.flush()
        visit = session.scalars(select(Visit).where(Visit.ref == world.visit)).one()
        visit.type_id = kind.id
    page = ada.get(f"/settings/visit-types/{kind.id}")
    assert f"1 visit has this type, so it can’t be deleted: {visit.number}" in page.text
    assert not page.has_button("Delete the visit type")
    assert ada.send(f"/settings/visit-types/{kind.id}/delete").status_code == 409
    with transaction() as session:
        assert session.get(VisitType, kind.id)
