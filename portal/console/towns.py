"""Names for a map without tiles: towns and postcodes out of the planning's own addresses, each amid its places."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduling.solver.problem import Place

POSTCODE = re.compile(r"\b(?:[A-Z]{1,2}-)?(\d{4,6})\b(?:-\d{4})?")
STATE = re.compile(r"[A-Z]{2,3}")
"""What stands alone between a town and its postcode."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name and where it belongs; a postcode's is the smaller one."""

    name: str
    place: Place
    small: bool


def labels(located: Iterable[tuple[str, Place]]) -> tuple[Label, ...]:
    """The towns of the addresses, the most frequent first, then their postcodes."""
    towns: defaultdict[str, list[Place]] = defaultdict(list)
    codes: defaultdict[str, list[Place]] = defaultdict(list)
    for address, place in located:
        town, code = of(address)
        towns[town].append(place)
        codes[code].append(place)
    return (*_amid(towns, small=False), *_amid(codes, small=True))


def of(address: str) -> tuple[str, str]:
    """Town and postcode of `12 Oak Street, Arlington, VA 22201` or `Städtle 43, 9490 Vaduz`; empty where unclear."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    code = next((found[1] for part in reversed(parts[1:]) if (found := POSTCODE.search(part))), "")
    bare = (POSTCODE.sub("", part).strip(" -") for part in reversed(parts[1:]))
    town = next((part for part in bare if part and not STATE.fullmatch(part) and not re.search(r"\d", part)), "")
    return town, code


def _amid(places: dict[str, list[Place]], *, small: bool) -> Iterator[Label]:
    for name, found in sorted(places.items(), key=lambda item: (-len(item[1]), item[0])):
        if name:
            lat, lon = (sum(axis) / len(found) for axis in zip(*((p.lat, p.lon) for p in found), strict=True))
            yield Label(name, Place(lat, lon), small)
