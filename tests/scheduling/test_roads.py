"""Road engines, played by a server on this machine that answers as Valhalla and OSRM do."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from requests import Timeout

from scheduling import roads, travel
from scheduling.errors import TravelUnavailable
from scheduling.roads import Roads
from scheduling.solver import Params, Place, prepare, propose
from tests.scheduling.solver.oracle import truth
from tests.scheduling.solver.test_oracle import question

A, B, C = Place(47.1, 9.5), Place(47.2, 9.6), Place(47.3, 9.7)


@dataclass
class Country:
    """What the server knows: legs by (lat, lon) of both ends, what is cut off, and who called how large a table."""

    url: str
    seed: int = 1
    cut_off: set[Place] = field(default_factory=set)
    broken: str = ""
    calls: list[tuple[int, int]] = field(default_factory=list)

    def leg(self, start: Place, end: Place) -> tuple[float, float] | None:
        """Seconds and metres: asymmetric, and a way round may be the shorter one."""
        if {start, end} & self.cut_off:
            return None
        random = Random(f"{self.seed} {start} {end}")
        return (0, 0) if start == end else (random.randint(10, 110) / 10, random.randint(10, 790) / 10)

    def table(self, starts: Sequence[Place], ends: Sequence[Place]) -> list[list[tuple[float, float] | None]]:
        self.calls.append((len(starts), len(ends)))
        return [[self.leg(start, end) for end in ends] for start in starts]


class Handler(BaseHTTPRequestHandler):
    country: Country

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert (self.path, asked["costing"], asked["units"]) == ("/sources_to_targets", "auto", "kilometers")
        table = self.country.table(*([Place(**each) for each in asked[name]] for name in ("sources", "targets")))
        cells = [[{"time": leg and leg[0], "distance": leg and leg[1] / 1000} for leg in row] for row in table]
        self._say({"sources_to_targets": cells, "units": "kilometers"}, "error")

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = parse_qs(unquote(parts.query))
        assert asked["annotations"] == ["duration,distance"]
        lonlats = [point.split(",") for point in parts.path.removeprefix("/table/v1/driving/").split(";")]
        points = [Place(float(lat), float(lon)) for lon, lat in lonlats]
        chosen = [[points[int(i)] for i in asked[name][0].split(";")] for name in ("sources", "destinations")]
        table = self.country.table(*chosen)
        durations, distances = ([[leg and leg[i] for leg in row] for row in table] for i in (0, 1))
        self._say({"code": "Ok", "durations": durations, "distances": distances}, "message")

    def _say(self, answer: dict[str, Any], reason: str) -> None:
        if self.country.broken == "refused":
            answer = {reason: "No segment found near location"}
        self.send_response(400 if self.country.broken == "refused" else 200)
        self.end_headers()
        self.wfile.write(b"<html>" if self.country.broken == "gibberish" else json.dumps(answer).encode())


@pytest.fixture
def country() -> Iterator[Country]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.country = Country(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Handler.country
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["valhalla", "osrm"])
def engine(request: pytest.FixtureRequest, country: Country) -> Roads:
    return Roads.of(f"{request.param}+{country.url}")


def legs(engine: Roads, starts: Sequence[Place], ends: Sequence[Place]) -> list[list[tuple[int, int]]]:
    seconds, metres = engine.matrix(starts, ends)
    return [list(zip(*rows, strict=True)) for rows in zip(seconds.tolist(), metres.tolist(), strict=True)]


def test_seconds_and_metres_are_rounded_up(engine: Roads, country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {(A, B): (60.1, 1001.2), (A, C): (60.0, 1001.0)}
    monkeypatch.setattr(Country, "leg", lambda _, start, end: told[start, end])
    assert legs(engine, [A], [B, C]) == [[(61, 1002), (60, 1001)]]


def test_the_way_back_is_another_way(engine: Roads) -> None:
    [[_, there], [back, _]] = legs(engine, [A, B], [A, B])
    assert there != back


def test_a_matrix_is_one_call_and_a_known_leg_none(engine: Roads, country: Country) -> None:
    engine.matrix([A, B], [A, B])
    assert country.calls == [(2, 2)]
    engine.matrix([B, Place(A.lat + 1e-7, A.lon)], [B])
    assert country.calls == [(2, 2)]
    engine.matrix([A, B, C], [B])
    assert country.calls == [(2, 2), (1, 1)]


def test_no_places_no_call(engine: Roads, country: Country) -> None:
    assert [array.shape for array in engine.matrix([], [A])] == [(0, 1), (0, 1)]
    assert country.calls == []


def test_large_tables_come_in_parts(engine: Roads, country: Country) -> None:
    many = [Place(i / 100, 1) for i in range(260)]
    there = legs(engine, [A], many)
    assert country.calls == [(1, 250), (1, 10)]
    assert len({leg for [*row] in there for leg in row}) > 200
    few = many[:60]
    assert legs(engine, few, few) == [[legs(engine, [a], [b])[0][0] for b in few] for a in few]
    assert country.calls[2:6] == [(50, 50), (50, 10), (10, 50), (10, 10)]


def test_the_oldest_legs_are_forgotten(engine: Roads, country: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roads, "KEPT", 2)
    engine.matrix([A], [B])
    engine.matrix([B], [A, C])
    engine.matrix([B], [A, C])
    assert country.calls == [(1, 1), (1, 2)]
    engine.matrix([A], [B])
    assert country.calls[2:] == [(1, 1)]


def test_a_place_without_a_way_is_named(engine: Roads, country: Country) -> None:
    country.cut_off = {C}
    with pytest.raises(TravelUnavailable, match=r"no way from \(47.1, 9.5\) to \(47.3, 9.7\)"):
        engine.matrix([A], [B, C])
    assert legs(engine, [A], [B])


@pytest.mark.parametrize(
    ("broken", "why"), [("refused", "it says “No segment found near location”"), ("gibberish", "can't be read")]
)
def test_an_answer_of_no_use_says_why(engine: Roads, country: Country, broken: str, why: str) -> None:
    country.broken = broken
    with pytest.raises(TravelUnavailable, match=why):
        engine.matrix([A], [B])
    country.broken = ""
    assert legs(engine, [A], [B])


def test_a_silent_engine_is_left_alone_for_a_while(monkeypatch: pytest.MonkeyPatch, country: Country) -> None:
    asked: list[str] = []

    def timed_out(_http: object, url: str, *_: object) -> None:
        asked.append(url)
        raise Timeout

    engine = Roads.of(f"osrm+{country.url}")
    with monkeypatch.context() as patched:
        patched.setitem(roads.ENGINES, "osrm", timed_out)
        for _ in range(2):
            with pytest.raises(TravelUnavailable):
                engine.matrix([A], [B])
    assert asked == [country.url]
    monkeypatch.setattr(roads, "monotonic", lambda: engine.memory.silent_until)
    assert legs(engine, [A], [B])


def test_two_with_the_same_address_are_the_same() -> None:
    first, second = Roads.of("osrm+http://127.0.0.1:5000"), Roads.of("osrm+http://127.0.0.1:5000/")
    assert (first, hash(first)) == (second, hash(second))
    assert first != Roads.of("valhalla+http://127.0.0.1:5000")


@pytest.mark.parametrize(
    "setting", ["", "valhalla", "graphhopper+http://h", "osrm+ftp://h", "osrm+http://", "http://h"]
)
def test_what_is_no_engine_is_refused(setting: str) -> None:
    with pytest.raises(ValueError, match="must be great-circle, valhalla"):
        travel.of(setting, road_factor=1, speed_kmh=1)


def test_offers_on_roads_without_geometry_are_the_truth(engine: Roads, country: Country) -> None:
    """Ways there and back differ and keep no triangle: no bound may rule out what brute force finds."""
    found = 0
    for seed in range(600, 625):
        country.seed = seed
        engine.memory.legs.clear()
        job, slots, routes, params = question(seed)
        exact = Params(params.max_detour, budget=None, explain=True)
        answer = propose(job, slots, [prepare(route, engine) for route in routes], engine, exact)
        for offer in answer.offers:
            known = truth(job, offer.slot, routes, engine, exact.max_detour)
            assert (offer.detour, offer.technician) == (known.detour, known.technician)
        for refusal in answer.refused:
            known = truth(job, refusal.slot, routes, engine, exact.max_detour)
            assert (refusal.reason, refusal.over) == (known.reason, known.over)
        found += len(answer.offers)
    assert found > 10
