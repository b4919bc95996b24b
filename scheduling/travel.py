"""How long it takes from one place to another: implementations of the solver's `TravelTimes`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from geopy.distance import geodesic
from numpy.typing import NDArray

from scheduling.roads import Roads
from scheduling.solver.problem import IntArray, Place, TravelTimes

EQUATOR, POLE = 6_378_137.0, 6_356_752.314245
ECCENTRICITY = 1 - (POLE / EQUATOR) ** 2
FAR = 60_000.0
"""Metres up to which the chord, bent to the ellipsoid, is the geodesic within a millimetre."""


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """The WGS 84 geodesic × a road factor, at a constant speed; the default.

    Per leg metres = ⌈geodesic × `road_factor`⌉ and seconds = ⌈metres × 3.6 / `speed_kmh`⌉, from the rounded metres.
    """

    road_factor: float = 1.3
    speed_kmh: float = 40

    def matrix(self, sources: Sequence[Place], targets: Sequence[Place]) -> tuple[IntArray, IntArray]:
        """Seconds and metres, each of shape (len(sources), len(targets))."""
        metres = np.ceil(_rounded(_geodesics(sources, targets) * self.road_factor))
        seconds = np.ceil(_rounded(metres * 3.6 / self.speed_kmh))
        return seconds.astype(np.int64), metres.astype(np.int64)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the noise of the arithmetic, which would lift a whole number to the next by rounding up."""
    return np.round(values, 9)


def _geodesics(sources: Sequence[Place], targets: Sequence[Place]) -> NDArray[np.float64]:
    if not sources or not targets:
        return np.zeros((len(sources), len(targets)))
    start, radii = _earth_centred(sources)
    end, end_radii = _earth_centred(targets)
    chord = np.sqrt(((start[:, None, :] - end[None, :, :]) ** 2).sum(axis=2))
    middle = (radii[:, None] + end_radii[None, :]) / 2
    lengths: NDArray[np.float64] = chord * (1 + (chord / middle) ** 2 / 24)
    for i, j in np.argwhere(chord > FAR):
        a, b = sources[i], targets[j]
        lengths[i, j] = geodesic((a.lat, a.lon), (b.lat, b.lon)).meters
    return lengths


def _earth_centred(places: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates on the ellipsoid, (n, 3), and the mean radius of curvature at each, (n,), in metres."""
    lat, lon = np.radians([(place.lat, place.lon) for place in places]).T
    sine = np.sin(lat)
    across = EQUATOR / np.sqrt(1 - ECCENTRICITY * sine**2)
    along = across * (1 - ECCENTRICITY) / (1 - ECCENTRICITY * sine**2)
    x = across * np.cos(lat) * np.cos(lon)
    y = across * np.cos(lat) * np.sin(lon)
    z = across * (1 - ECCENTRICITY) * sine
    return np.stack([x, y, z], axis=1), np.sqrt(across * along)


def of(travel: str, *, road_factor: float, speed_kmh: float) -> TravelTimes:
    """The travel times that the setting names. Raises `ValueError` where it names none that exists."""
    if travel == "great-circle":
        return GreatCircle(road_factor, speed_kmh)
    try:
        return Roads.of(travel)
    except ValueError:
        raise ValueError("must be great-circle, valhalla+http://host:port or osrm+http://host:port") from None
