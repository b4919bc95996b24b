"""Travel times of a road engine, Valhalla or OSRM: asked by the matrix, remembered by the leg."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any, Self
from urllib.parse import urlsplit

import numpy as np
import requests

from scheduling.errors import TravelUnavailable
from scheduling.solver.problem import IntArray, Place

TIMEOUT = (2, 10)
"""Seconds to connect, and for each answer."""
SILENCE = 5.0
"""Seconds for which an engine that didn't answer isn't asked again."""
PAIRS, PLACES = 2_500, 250
"""What one call asks at most: legs (Valhalla's limit as delivered), and places on either side (a URL's length)."""
KEPT = 500_000
"""Legs remembered; some 100 MB. Older ones are asked again."""
DIGITS = 5
"""Of a degree: a metre."""

Point = tuple[float, float]
"""Latitude and longitude, rounded."""
Leg = tuple[int, int]
"""Seconds and metres, rounded up."""
Legs = dict[tuple[Point, Point], Leg]
Row = Sequence[tuple[float | None, float | None]]
"""Seconds and metres from one source to each target; None where there is no way."""


@dataclass(slots=True)
class Memory:
    """The legs that an engine has told, and when it was found not to answer."""

    legs: Legs = field(default_factory=dict)
    silent_until: float = 0.0
    guard: Lock = field(default_factory=Lock)

    def keep(self, fresh: Legs) -> None:
        """Remember legs; the oldest make room."""
        with self.guard:
            self.legs |= fresh
            for pair in list(islice(self.legs, max(0, len(self.legs) - KEPT))):
                del self.legs[pair]


@dataclass(frozen=True, slots=True)
class Roads:
    """An engine at an address, such as `valhalla+http://127.0.0.1:8002`; equal to any other with the same address.

    A way there may be longer than the way back, and a way round shorter than the direct one: the solver's bounds are
    tested for that wherever they stand on the triangle inequality.
    """

    engine: str
    url: str
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    @classmethod
    def of(cls, setting: str) -> Self:
        """The engine that the setting names. Raises `ValueError` where it names none."""
        engine, _, url = setting.partition("+")
        parts = urlsplit(url)
        if engine not in ENGINES or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError(f"{setting!r} names no road engine")
        return cls(engine, url.rstrip("/"))

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        """Seconds and metres, each of shape (len(sources), len(targets)), rounded up. Raises `TravelUnavailable`."""
        starts, ends = [_point(place) for place in sources], [_point(place) for place in targets]
        pairs = set(product(starts, ends))
        legs = {pair: leg for pair in pairs if (leg := self.memory.legs.get(pair))}
        if missing := pairs - legs.keys():
            legs |= self._fetch(missing)
        table = np.array([legs[pair] for pair in product(starts, ends)], dtype=np.int64)
        seconds, metres = table.reshape(len(starts), len(ends), 2).transpose(2, 0, 1)
        return seconds, metres

    def _fetch(self, missing: Collection[tuple[Point, Point]]) -> Legs:
        fresh: Legs = {}
        with requests.Session() as http:
            for starts, ends in blocks(sorted({a for a, _ in missing}), sorted({b for _, b in missing})):
                fresh |= self._ask(http, starts, ends)
        self.memory.keep(fresh)
        return fresh

    def _ask(self, http: requests.Session, starts: Sequence[Point], ends: Sequence[Point]) -> Legs:
        """One call. Of an engine that doesn't answer others needn't wait to learn the same."""
        if monotonic() < self.memory.silent_until:
            raise TravelUnavailable("it doesn't answer")
        try:
            rows = ENGINES[self.engine](http, self.url, starts, ends)
            return dict(zip(product(starts, ends), _legs(rows, starts, ends), strict=True))
        except (requests.ConnectionError, requests.Timeout) as error:
            self.memory.silent_until = monotonic() + SILENCE
            raise TravelUnavailable("it doesn't answer") from error
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise TravelUnavailable("its answer can't be read") from error


def blocks(starts: Sequence[Point], ends: Sequence[Point]) -> Iterator[tuple[Sequence[Point], Sequence[Point]]]:
    """The table in parts that an engine takes."""
    height = min(len(starts), max(50, PAIRS // len(ends)), PLACES)
    width = min(PAIRS // height, PLACES)
    for top, left in product(range(0, len(starts), height), range(0, len(ends), width)):
        yield starts[top : top + height], ends[left : left + width]


def _point(place: Place) -> Point:
    return round(place.lat, DIGITS), round(place.lon, DIGITS)


def _legs(rows: Iterable[Row], starts: Sequence[Point], ends: Sequence[Point]) -> Iterator[Leg]:
    """Legs in whole numbers, row by row. Raises `TravelUnavailable` where one doesn't exist."""
    for start, row in zip(starts, rows, strict=True):
        for end, (seconds, metres) in zip(ends, row, strict=True):
            if seconds is None or metres is None:
                raise TravelUnavailable(f"it knows no way from {start} to {end}")
            yield _up(seconds), _up(metres)


def _up(value: float) -> int:
    """The next whole number, without the noise of the arithmetic."""
    return ceil(round(value, 6))


def _valhalla(http: requests.Session, url: str, starts: Sequence[Point], ends: Sequence[Point]) -> Iterator[Row]:
    """Valhalla's time-distance matrix: seconds and kilometres."""
    named = [[{"lat": lat, "lon": lon} for lat, lon in points] for points in (starts, ends)]
    body = {"sources": named[0], "targets": named[1], "costing": "auto", "units": "kilometers"}
    answer = _read(http.post(f"{url}/sources_to_targets", json=body, timeout=TIMEOUT), "error")
    for row in answer["sources_to_targets"]:
        yield [(cell["time"], cell["distance"] and cell["distance"] * 1000) for cell in row]


def _osrm(http: requests.Session, url: str, starts: Sequence[Point], ends: Sequence[Point]) -> Iterator[Row]:
    """OSRM's table: seconds and metres."""
    points = ";".join(f"{lon},{lat}" for lat, lon in (*starts, *ends))
    numbers = [str(number) for number in range(len(starts) + len(ends))]
    asked = {"sources": ";".join(numbers[: len(starts)]), "destinations": ";".join(numbers[len(starts) :])}
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    address = f"{url}/table/v1/driving/{points}?annotations=duration,distance&{query}"
    answer = _read(http.get(address, timeout=TIMEOUT), "message")
    for seconds, metres in zip(answer["durations"], answer["distances"], strict=True):
        yield list(zip(seconds, metres, strict=True))


def _read(response: requests.Response, reason: str) -> Mapping[str, Any]:
    """The answer. A refusal that says why (a place far from any road) is passed on as it is said."""
    if 400 <= response.status_code < 500:
        said = response.json()
        raise TravelUnavailable(f"it says “{said[reason]}”")
    response.raise_for_status()
    answer: Mapping[str, Any] = response.json()
    return answer


Ask = Callable[[requests.Session, str, Sequence[Point], Sequence[Point]], Iterable[Row]]
ENGINES: Mapping[str, Ask] = {"valhalla": _valhalla, "osrm": _osrm}
