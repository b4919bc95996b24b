"""The commands as people and scripts type them, each in a process-like run of its own."""

import json
import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from tests.conftest import SetClock

PLANNING: dict[str, Any] = {
    "timezone": "America/New_York",
    "technicians": [{"ref": "T1", "name": "Tom Sample", "start": {"lat": 38.9, "lon": -77.03}}],
    "customers": [
        {"ref": "C1", "name": "Ana Example", "phone": "+12025550101", "locale": "en", "consent": ["sms"]},
        {"ref": "C2", "name": "Boris Example", "email": "boris@example.com", "consent": ["email"]},
    ],
    "visits": [
        {
            "ref": "V1",
            "customer": "C1",
            "duration_min": 60,
            "lat": 38.92,
            "lon": -77.03,
            "window": {"start": "2026-12-01T08:00", "end": "2026-12-01T10:00"},
        },
        {"ref": "V2", "customer": "C2", "duration_min": 30, "lat": 38.93, "lon": -77.03},
        {"ref": "V3", "customer": "C2", "duration_min": 30, "skills": ["gas"], "lat": 38.93, "lon": -77.03},
    ],
    "routes": [
        {"date": "2026-12-01", "technician": "T1", "shift": {"start": "08:00", "end": "12:00"}, "stops": ["V1", "V2"]},
        {"date": "2026-12-02", "technician": "T1", "shift": {"start": "08:00", "end": "12:00"}},
    ],
}
Portal = Callable[..., Result]


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: SetClock) -> Portal:
    """The command in an empty folder; arguments as typed, `code` is what it must exit with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PORTAL_CHANNELS", "console")

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def portal(bare: Portal, tmp_path: Path) -> Portal:
    """The same with keys, a database and a small planning in it."""
    bare("keys", "rotate")
    bare("migrate")
    (tmp_path / "planning.json").write_text(json.dumps(PLANNING))
    bare("import", "planning.json")
    return bare


def test_settings_that_cannot_be_used_are_named_together(bare: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PUBLIC_URL", "http://portal.example.com")
    monkeypatch.setenv("PORTAL_SPEED_KMH", "0")
    refused = bare("migrate", code=1).stderr
    for name in ("PORTAL_SECRET_KEYS", "PORTAL_PUBLIC_URL", "PORTAL_SPEED_KMH"):
        assert name in refused


def test_nothing_runs_on_a_database_that_is_behind(bare: Portal) -> None:
    bare("keys", "rotate")
    assert "portal migrate" in bare("show", "V1", code=1).stderr


def test_a_port_in_use_is_named_with_the_way_out(portal: Portal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = portal("run", "--port", str(taken.getsockname()[1]), code=1)
    assert "can't be listened on" in refused.output
    assert "PORTAL_PUBLIC_URL=" in refused.output


def test_keys_rotate_keeps_older_keys_and_other_lines(bare: Portal, tmp_path: Path) -> None:
    bare("keys", "rotate")
    first = (tmp_path / ".env").read_text().strip().removeprefix("PORTAL_SECRET_KEYS=")
    with (tmp_path / ".env").open("a") as env:
        env.write("PORTAL_CHANNELS=console\n")
    bare("keys", "rotate")
    keys, channels = (tmp_path / ".env").read_text().splitlines()
    assert keys.endswith(f",{first}")
    assert channels == "PORTAL_CHANNELS=console"
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0


def test_an_import_says_what_it_did_and_a_dry_run_does_nothing(portal: Portal, tmp_path: Path) -> None:
    changed = json.loads(json.dumps(PLANNING))
    changed["visits"][1]["duration_min"] = 45
    (tmp_path / "planning.json").write_text(json.dumps(changed))
    for _ in range(2):
        report = json.loads(portal("import", "planning.json", "--dry-run", "--json").stdout)
        assert report["changed"] == {"visits": 1}
    assert "changed: 1 visits" in portal("import", "planning.json").stdout
    assert "changed: nothing" in portal("import", "planning.json").stdout


def test_a_bad_document_is_refused_by_row_and_field(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps({"timezone": "Europe/Vaduz", "visits": [{"ref": "V9"}]}))
    refused = portal("import", "bad.json", code=1)
    assert "V9" in refused.stderr
    assert "customer" in refused.stderr
    portal("import", "bad.json", "--consent", "pigeon", code=2)


def test_an_export_imports_as_the_same_planning(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(portal("export").stdout)
    assert "changed: nothing" in portal("import", "export.json").stdout
    assert json.loads(portal("export", "--days", "2026-12-02").stdout)["visits"] == []


def test_show_tells_how_a_visit_stands(portal: Portal) -> None:
    facts = json.loads(portal("show", "V2", "--json").stdout)
    assert (facts["status"], facts["confirmation"], facts["generation"]) == ("planned", "none", 1)
    assert facts["route"] == {"date": "2026-12-01", "technician": "T1"}
    assert facts["planned_start"].startswith("2026-12-01T09:")
    assert "no visit V8" in portal("show", "V8", code=1).stderr


def test_link_prints_the_url_alone_and_makes_the_promise(portal: Portal) -> None:
    url = portal("link", "V2").stdout
    assert url.startswith("http://127.0.0.1:8000/c/")
    assert len(url.strip()) == len("http://127.0.0.1:8000/c/") + 24
    facts = json.loads(portal("show", "V2", "--json").stdout)
    assert facts["window"]["start"] == "2026-12-01T08:00:00-05:00"
    assert facts["confirmation"] == "notified"


def test_slots_are_those_of_the_contract(portal: Portal) -> None:
    found = json.loads(
        portal(
            "slots", "V2", "--days", "2026-12-01..2026-12-02", "--slots", "08:00-10:00,10:00-12:00", "--exact", "--json"
        ).stdout
    )
    assert [(offer["date"], offer["slot"]["start"], sorted(offer["order"])) for offer in found] == [
        ("2026-12-01", "08:00", ["V1", "V2"]),
        ("2026-12-01", "10:00", ["V1", "V2"]),
        ("2026-12-02", "08:00", ["V2"]),
        ("2026-12-02", "10:00", ["V2"]),
    ]
    assert found[0]["route"] == {"date": "2026-12-01", "technician": "T1"}
    assert found[1]["start"] == "2026-12-01T10:00:00-05:00"
    assert found[2]["detour_m"] > found[0]["detour_m"] > 0


def test_slots_say_why_others_are_refused(portal: Portal) -> None:
    answer = json.loads(portal("slots", "V3", "--exact", "--why", "--json").stdout)
    reasons = {(no["date"], no["reason"]) for no in answer["refused"]}
    assert answer["offers"] == []
    assert ("2026-12-01", "skill") in reasons
    assert ("2026-12-03", "no_route") in reasons
    short = json.loads(
        portal("slots", "V1", "--max-detour-km", "1", "--days", "2026-12-02", "--exact", "--why", "--json").stdout
    )
    assert {no["reason"] for no in short["refused"]} == {"detour", "shift"}
    assert all(no["over_m"] > 0 for no in short["refused"] if no["reason"] == "detour")


def test_notify_and_pulse_send_what_is_due(portal: Portal) -> None:
    name = "Confirm your appointment (SMS)"
    assert "1 message" in portal("notify", "--date", "2026-12-01", "--template", name).stdout
    shown = portal("pulse").stdout
    assert "http://127.0.0.1:8000/c/" in shown
    assert shown.endswith("1 message handled\n")
    [message] = json.loads(portal("show", "V1", "--json").stdout)["messages"]
    assert (message["channel"], message["state"]) == ("sms", "sent")
    assert "Nobody" in portal("notify", "--date", "2026-12-01", "--template", name, code=1).stderr
    assert "No enabled template" in portal("notify", "--date", "2026-12-01", "--template", "None", code=1).stderr
    portal("notify", "--date", "soon", "--template", name, code=2)


def test_users_add_prints_the_link_to_choose_a_password(portal: Portal) -> None:
    assert portal("users", "add", "ada@example.com").stdout.startswith("http://127.0.0.1:8000/password/")
    assert "belongs to another" in portal("users", "add", "Ada@example.com", code=1).stderr
    assert portal("users", "link", "ada@example.com").stdout.startswith("http://127.0.0.1:8000/sign-in/")
    assert "Nobody" in portal("users", "link", "boris@example.com", code=1).stderr
    with sqlite3.connect("instance/portal.db") as database:
        query = "SELECT actor, action, subject FROM audit_entry WHERE area != 'import' ORDER BY id"
        assert database.execute(query).fetchall() == [
            ("system:command line", "created", "ada@example.com"),
            ("system:command line", "made a sign-in link", "ada@example.com"),
        ]


def test_backup_copies_the_database(portal: Portal, tmp_path: Path) -> None:
    portal("backup", "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT count(*) FROM visit").fetchone() == (3,)
    portal("backup", "nowhere/copy.db", code=1)


def test_demo_keeps_what_is_there(portal: Portal) -> None:
    said = portal("demo").stdout
    assert "sees: http://127.0.0.1:8000/c/" in said
    assert len(json.loads(portal("export").stdout)["visits"]) == 3


def test_configured_slots_hold_on_their_weekdays_and_typed_ones_on_every_day(portal: Portal, tmp_path: Path) -> None:
    terms = {"slots": [{"start": "08:00", "end": "10:00", "weekdays": [3]}]}
    [database] = tmp_path.rglob("portal.db")
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO setting VALUES ('link', ?, '2026-11-30 12:00:00')", (json.dumps(terms),))
    around = ("slots", "V1", "--days", "2026-12-01..2026-12-02", "--json")
    assert {offer["date"] for offer in json.loads(portal(*around).stdout)} == {"2026-12-02"}
    typed = json.loads(portal(*around, "--slots", "08:00-12:00").stdout)
    assert {offer["date"] for offer in typed} == {"2026-12-01", "2026-12-02"}
