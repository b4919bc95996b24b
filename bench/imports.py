"""How fast a planning comes in: 10 000 visits through the importer, beside the same rows written without a question.

The peer parses the same document and writes the rows that the importer made of it with plain `executemany`: no checks,
no merging, no planned starts. Same machine, same schema, both on SQLite as the portal opens it.
"""

import json
import random
import sqlite3
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from bench.timing import timed
from scheduling import db, importer
from scheduling.events import Actor
from scheduling.terms import LinkTerms
from scheduling.travel import GreatCircle

VISITS, STOPS, TECHNICIANS = 10_000, 8, 60
HOME = {"lat": 38.9, "lon": -77.03}
FIRST = date(2026, 12, 1)


def planning(count: int = VISITS) -> dict[str, Any]:
    """Visits around Washington, eight a route, each with a customer of its own, a window and consents."""
    chance = random.Random(1)
    visits = [_visit(number, chance) for number in range(count)]
    return {
        "timezone": "America/New_York",
        "technicians": [{"ref": f"T{n}", "skills": ["gas"], "start": HOME} for n in range(TECHNICIANS)],
        "customers": [_customer(number) for number in range(count)],
        "visits": visits,
        "routes": [
            _route(number, visits[start : start + STOPS]) for number, start in enumerate(range(0, count, STOPS))
        ],
    }


def _customer(number: int) -> dict[str, Any]:
    reach = {"phone": f"+1202555{100 + number % 100:04d}", "email": f"c{number}@example.org"}
    return {"ref": f"C{number}", "name": f"Customer {number}", "consent": ["sms", "email"], **reach}


def _visit(number: int, chance: random.Random) -> dict[str, Any]:
    place = {"lat": 38.9 + chance.uniform(-0.1, 0.1), "lon": -77.03 + chance.uniform(-0.1, 0.1)}
    names = {"ref": f"V{number}", "customer": f"C{number}", "type": "maintenance", "address": f"{number} Main Street"}
    return {**names, **place, "duration_min": 30, "skills": ["gas"], "confirmed": number % 3 == 0}


def _route(number: int, visits: list[dict[str, Any]]) -> dict[str, Any]:
    day = FIRST + timedelta(days=number // TECHNICIANS)
    for visit in visits:
        visit["window"] = {"start": f"{day}T08:00", "end": f"{day}T18:00"}
    shift = {"start": "08:00", "end": "18:00"}
    return {
        "date": day.isoformat(),
        "technician": f"T{number % TECHNICIANS}",
        "shift": shift,
        "break": {"start": "11:30", "end": "13:30", "min": 30},
        "stops": [visit["ref"] for visit in visits],
    }


def take(payload: bytes, path: Path) -> importer.Report:
    """Import the document as the command does."""
    engine = db.prepare(create_engine(f"sqlite:///{path}"))
    with db.transaction(engine) as session:
        report = importer.run(
            session, payload, "bench.json", travel=GreatCircle(), actor=Actor.document(), terms=LinkTerms()
        )
    engine.dispose()
    return report


def copy(payload: bytes, source: Path, target: Path) -> None:
    """The peer: parse the document and write the rows of `source` as they are."""
    json.loads(payload)
    with sqlite3.connect(source) as read, sqlite3.connect(target) as write:
        write.execute("PRAGMA synchronous=FULL")
        for table in db.Base.metadata.sorted_tables:
            rows = read.execute(f'SELECT * FROM "{table.name}"').fetchall()
            marks = ", ".join("?" for _ in table.columns)
            write.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)


def empty(path: Path) -> Path:
    """A database with every table of the planning and nothing in them."""
    engine = db.prepare(create_engine(f"sqlite:///{path}"))
    db.Base.metadata.create_all(engine)
    engine.dispose()
    return path


def main(count: int = VISITS) -> None:
    """Print a Markdown table."""
    payload = json.dumps(planning(count)).encode()
    with tempfile.TemporaryDirectory() as folder:
        ours, peer = empty(Path(folder, "ours.db")), empty(Path(folder, "peer.db"))
        first, _ = timed(take, payload, ours)
        plain, _ = timed(copy, payload, ours, peer)
        again, _ = timed(take, payload, ours)
    print("| import on SQLite | seconds | visits a second | times the plain copy |")
    print("|---|---|---|---|")
    for name, seconds in (("into an empty database", first), ("the same again", again), ("plain copy", plain)):
        print(f"| {count} visits, {name} | {seconds:.1f} | {count / seconds:.0f} | {seconds / plain:.1f} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
