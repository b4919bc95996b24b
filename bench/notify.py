"""How soon the notify dialog opens and counts again, beside a plain loop over one SELECT of the same rows, on SQLite.

Ours is the whole answer to a dispatcher's browser, from the request to the page: who is reached how, in how many SMS
segments, at what cost, who can't be and why, one customer's text, a row for each. The peer reads visits and customers
by one SELECT and fills the same text by `str.format`: no consents, opt-outs, promises, languages, and no page. Both in
processor time: a machine that is busy otherwise takes longer, and that isn't ours.
"""

import json
import logging
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import process_time

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.datastructures import MultiDict

from bench import imports
from bench.messages import NOW
from bench.timing import quantile
from notifications import seeding
from notifications.sms_text import measure
from portal import create_app, staff
from portal.auth import tickets
from portal.config import Config
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock
from scheduling.models import Customer, Visit

SIZES, RUNS = (60, 1000), 11
DAY = date(2026, 12, 1)
TEXT = "{company}: your appointment {start}-{end}. Confirm or change it: {link}"
LINK = "https://portal.example.com/c/0123456789abcdefghijklmn"


def main() -> None:
    """Print a Markdown table."""
    logging.disable()
    print("| notify dialog on SQLite | p50 ms | times the plain loop |")
    print("|---|---|---|")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, clock.replaced(lambda: NOW):
            _measure(_portal(Path(folder, "bench.db"), size), size)


def _portal(path: Path, size: int) -> Flask:
    """A portal with one day that many customers are visited on."""
    imports.empty(path)
    document = imports.planning(size)
    for number, route in enumerate(document["routes"]):
        route["technician"] = f"T{number}"
        _on(route, document["visits"][number * imports.STOPS : (number + 1) * imports.STOPS])
    document["technicians"] = [
        {"ref": f"T{number}", "skills": ["gas"], "start": imports.HOME} for number in range(len(document["routes"]))
    ]
    imports.take(json.dumps(document).encode(), path)
    config = Config(
        _env_file=None,
        database_url=f"sqlite:///{path}",
        secret_keys=("a-key-of-the-bench-that-is-long-enough",),
        channels="console",
    )
    app = create_app(config)
    with app.app_context(), transaction() as session:
        seeding.seed(session)
    return app


def _on(route: dict[str, object], visits: list[dict[str, object]]) -> None:
    """All routes on the one day."""
    route["date"] = DAY.isoformat()
    for visit in visits:
        visit["window"] = {"start": f"{DAY}T08:00", "end": f"{DAY}T18:00"}


def _measure(app: Flask, size: int) -> None:
    client = _signed_in(app)
    with app.app_context():
        peer = _p50(lambda: _plain(db.session.connection(), size))
    opened = client.get(f"/notify/{DAY}").get_data(as_text=True)
    assert opened.count('name="customer"') == size
    fields = _filled(app)
    for name, milliseconds in (
        ("opened", _p50(lambda: client.get(f"/notify/{DAY}"))),
        ("counted again", _p50(lambda: client.post(f"/notify/{DAY}", data=fields))),
        ("plain loop", peer),
    ):
        print(f"| {size} customers, {name} | {milliseconds:.0f} | {milliseconds / peer:.1f} |", flush=True)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _p50(work: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    seconds = []
    for _ in range(RUNS):
        begun = process_time()
        work()
        seconds.append(process_time() - begun)
    return quantile(seconds, 0.5)


def _signed_in(app: Flask) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), transaction() as session:
        user = staff.invite(session, role=Role.DISPATCHER, email="d@example.com", name="Dana")
        url = tickets.sign_in_url(user)
    client = app.test_client()
    client.get(url.removeprefix(app.config["PORTAL"].public_url))
    return client


def _filled(app: Flask) -> MultiDict[str, str]:
    """The dialog with everybody ticked and the two built-in templates."""
    with app.app_context():
        ids = db.session.scalars(select(Customer.id)).all()
        db.session.rollback()
    return MultiDict([("sms", "1"), ("email", "2"), *(("customer", str(id_)) for id_ in ids)])


def _plain(connection: Connection, size: int) -> int:
    """The peer."""
    query = select(Visit.__table__, Customer.__table__).join(Customer, Visit.customer_id == Customer.id)
    rows = connection.execute(query).mappings().all()
    assert len(rows) == size
    return sum(
        measure(TEXT.format(company="Service", start=row["window_start"], end=row["window_end"], link=LINK)).segments
        for row in rows
    )


if __name__ == "__main__":
    main()
