"""Coordinates of addresses, asked of a geocoder on this machine that stands in for the real ones."""

import json
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling import geocode, importer
from scheduling.db import Transaction
from scheduling.geocode import Geocoder
from scheduling.models import GeocodedAddress
from tests.scheduling.importing.documents import DAY, changed, plan, planning, refusals, take, the_visit

pytestmark = [pytest.mark.usefixtures("now"), pytest.mark.allow_hosts(["127.0.0.1"]), pytest.mark.enable_socket]


class Double(ThreadingHTTPServer):
    """Knows one address, in the words of all three services, and counts what it is asked."""

    asked: int = 0
    broken = False


class _Handler(BaseHTTPRequestHandler):
    server: Double

    def do_GET(self) -> None:
        self.server.asked += 1
        parts = urlsplit(self.path)
        self.send_response(500 if self.server.broken else 200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        known = parse_qs(parts.query).get("q") == ["Städtle 1, 9490 Vaduz"]
        self.wfile.write(json.dumps(_answer(known, nominatim="format" in parse_qs(parts.query))).encode())

    def log_message(self, *_: Any) -> None:
        """Tests print nothing."""


def _answer(known: bool, *, nominatim: bool) -> list[Any] | Mapping[str, Any]:
    if nominatim:
        return [{"lat": "47.1390", "lon": "9.5220", "display_name": "Städtle 1"}] if known else []
    feature = {
        "geometry": {"coordinates": [9.522, 47.139]},
        "properties": {"label": "Städtle 1", "name": "Städtle 1"},
    }
    return {"features": [feature] if known else []}


@pytest.fixture
def double() -> Iterator[Double]:
    server = Double(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def geocoder(double: Double, service: str = "nominatim") -> Geocoder:
    found = Geocoder.of(f"{service}+http://127.0.0.1:{double.server_port}")
    assert found
    return found


UNLOCATED = changed(planning(), "visits", 0, lat=None, lon=None)


@pytest.mark.parametrize("service", ["nominatim", "photon", "ban"])
def test_a_visit_without_coordinates_is_looked_up_once(session: Session, double: Double, service: str) -> None:
    take(session, UNLOCATED, geocoder=geocoder(double, service))
    take(session, UNLOCATED, geocoder=geocoder(double, service))

    site = the_visit(session, "V1").site
    assert (site.lat, site.lon) == (47.139, 9.522)
    assert plan(session)[DAY, "T1"] == ["V1", "V2"]
    assert double.asked == 1


def test_an_import_without_the_geocoder_keeps_what_was_found(session: Session, double: Double) -> None:
    take(session, UNLOCATED, geocoder=geocoder(double))
    assert take(session, UNLOCATED).changed == {}
    assert the_visit(session, "V1").site.located


def test_an_unknown_address_stays_without_coordinates(session: Session, double: Double) -> None:
    document = changed(planning(), "visits", 3, lat=None, lon=None)
    report = take(session, document, geocoder=geocoder(double))

    assert not the_visit(session, "V4").site.located
    assert [(notice.ref, notice.field) for notice in report.warnings] == [("V4", "lat")]
    assert "doesn't know the address" in report.warnings[0].reason


def test_a_geocoder_that_is_down_is_asked_once_and_refuses_no_loose_visit(session: Session, double: Double) -> None:
    double.broken = True
    document = changed(changed(planning(), "visits", 3, lat=None, lon=None), "visits", 2, lat=None, lon=None)
    refused = refusals(session, document, geocoder=geocoder(double))

    assert [(refusal.ref, refusal.field) for refusal in refused] == [("V3", "lat")]
    assert "doesn't answer" in refused[0].reason
    assert double.asked == 1


def test_addresses_can_be_looked_up_before_the_import(transaction: Transaction, double: Double) -> None:
    payload = json.dumps(changed(UNLOCATED, "visits", 3, lat=None, lon=None)).encode()
    addresses = importer.addresses(payload, "planning.json")
    assert addresses == ["Städtle 1, 9490 Vaduz", "Städtle 4, 9490 Vaduz"]
    geocode.warm(transaction, geocoder(double), addresses)
    geocode.warm(transaction, geocoder(double), addresses)

    assert double.asked == 2
    with transaction() as session:
        found = {row.address: row.lat for row in session.scalars(select(GeocodedAddress))}
    assert found == {"Städtle 1, 9490 Vaduz": 47.139, "Städtle 4, 9490 Vaduz": None}


def test_no_setting_is_no_geocoder_and_a_wrong_one_is_told() -> None:
    assert Geocoder.of("") is None
    for setting in ("nominatim", "google+https://example.org", "ban+ftp://example.org"):
        with pytest.raises(ValueError, match="must be written like"):
            Geocoder.of(setting)
