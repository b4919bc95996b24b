"""The audit log: what a change leaves behind, and what it never tells."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import audit
from portal.appearance import LinkTexts, PageTexts, Style
from portal.audit import Area, Wanted
from portal.models import AuditEntry
from portal.staff import StaffError
from scheduling.events import Actor
from scheduling.models import Technician
from tests.conftest import SetClock
from tests.factories import make_location, make_technician

ADA, COMMAND = Actor.staff(1), Actor.system("command line")


def only(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry)).one()


def test_a_group_of_settings_is_kept_with_what_changed(session: Session, now: SetClock) -> None:
    audit.save(session, Style(radius=4), actor=ADA)
    entry = only(session)
    assert (entry.actor, entry.action, entry.area, entry.at) == ("user:1", "changed", "style", now.at)
    assert entry.changes == {"radius": [8, 4]}
    audit.save(session, Style(radius=4), actor=ADA)
    assert only(session) is entry, "what stays as it was leaves no entry"


def test_texts_are_compared_one_by_one(session: Session, now: SetClock) -> None:
    audit.save(session, LinkTexts(by_language={"de": PageTexts(title="Termin")}), actor=COMMAND)
    entry = only(session)
    assert entry.changes == {"by_language.de.title": [None, "Termin"]}
    assert entry.actor == "system:command line"


def test_a_row_is_watched(session: Session, now: SetClock) -> None:
    technician = make_technician(session, make_location(session), name="Ben Tool")
    with audit.watching(session, ADA, Area.TECHNICIAN, technician):
        technician.name, technician.hours = "Ben Hammer", {"1": ["08:00", "16:00"]}
    entry = only(session)
    assert entry.subject == "Ben Hammer"
    assert entry.changes == {"name": ["Ben Tool", "Ben Hammer"], "hours.1": [None, ["08:00", "16:00"]]}


def test_nothing_is_recorded_of_a_refused_change(session: Session, now: SetClock) -> None:
    technician = make_technician(session, make_location(session))
    session.commit()

    def refuse() -> None:
        with audit.watching(session, ADA, Area.TECHNICIAN, technician):
            technician.name = "No"
            raise StaffError

    with pytest.raises(StaffError):
        refuse()
    session.rollback()
    assert session.scalars(select(AuditEntry)).all() == []


def test_secrets_stay_out_and_long_texts_are_cut() -> None:
    before = {"password_hash": "a", "session_key": "b", "text": "x" * 1000, "phone": ""}
    found = audit.differences(before, {"password_hash": "c", "session_key": "d", "text": "y", "phone": None})
    assert found == {"text": ["x" * 399 + "…", "y"]}


def test_entries_are_found_by_who_what_when_and_text(session: Session, now: SetClock) -> None:
    make_technician(session, make_location(session), name="Zoé Sample")
    audit.created(session, ADA, Area.TECHNICIAN, session.scalars(select(Technician)).one())
    now.advance(days=1)
    audit.record(session, COMMAND, "changed", Area.LINK, changes={"max_detour_km": [10, 15]})

    def areas(wanted: Wanted) -> list[str]:
        return [entry.area for entry in audit.entries(session, wanted).rows]

    assert areas(Wanted()) == ["link", "technician"], "the newest first"
    assert areas(Wanted(actor="user:1")) == ["technician"]
    assert areas(Wanted(area="link")) == ["link"]
    assert areas(Wanted(text="ZOé")) == areas(Wanted(action="created")) == ["technician"]
    assert areas(Wanted(text="detour")) == areas(Wanted(since=now.at)) == ["link"]
    assert areas(Wanted(until=now.at)) == ["technician"]
    assert audit.actors(session) == ["system:command line", "user:1"]


def test_none_and_zero_are_different_and_nothing_and_empty_are_not() -> None:
    found = audit.differences({"capacity": None, "phone": None}, {"capacity": 0, "phone": ""})
    assert found == {"capacity": [None, 0]}
