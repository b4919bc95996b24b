"""What a load balancer is told."""

from flask import Flask

from portal import database
from portal.engine import embedded
from portal.extensions import db
from tests.conftest import SetClock


def test_well_while_the_worker_pulses_and_not_a_minute_longer(app: Flask, now: SetClock) -> None:
    database.stamp(db.engine)
    client = app.test_client()
    assert client.get("/healthz").status_code == 503
    embedded.tick(app)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()["pulse"]) == (200, "ok")
    now.advance(minutes=2)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()["pulse_age_s"]) == (503, 120)


def test_a_database_behind_its_code_is_not_well(app: Flask, now: SetClock) -> None:
    embedded.tick(app)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["migration"]) == (503, "behind")
