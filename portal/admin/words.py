"""Fields and values of documents and of the audit log, as people read them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from portal import filters

NOTHING = "–"
NAMES: Mapping[str, str] = {
    "place": "day and technician",
    "window": "promised window",
    "site": "address",
    "duration_min": "duration in minutes",
    "stops": "order of stops",
    "ref": "reference",
    "locale": "language",
    "max_detour_km": "longest detour in km",
    "cut_off_hours": "cut-off in hours",
    "by_language": "texts",
    "zone_name": "time zone",
    "told": "told by e-mail",
    "technician_id": "technician number",
    "en": "English",
    "fr": "French",
    "de": "German",
    **dict(zip("1234567", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)),
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")
PLACE_AND_DEGREES = 3


def field(name: str) -> str:
    """`hours.1` as "hours, Mon"."""
    return ", ".join(NAMES.get(part, part.replace("_", " ")) for part in name.split("."))


def value(said: Any) -> str:
    """Anything that JSON holds, in words."""
    if said is None or said in ("", [], {}, ()):
        return NOTHING
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, Mapping):
        return _mapping(said)
    if isinstance(said, list | tuple):
        return _list(said)
    return _text(said) if isinstance(said, str) else f"{said:g}" if isinstance(said, float) else str(said)


def _mapping(said: Mapping[str, Any]) -> str:
    if said.keys() >= {"start", "end"}:
        start, end = said["start"], said["end"]
        same_day = MOMENT.match(str(start)) and str(start)[:10] == str(end)[:10]
        span = f"{value(start)} – {str(end)[11:16] if same_day else value(end)}"
        extra = {name: each for name, each in said.items() if name not in {"start", "end"}}
        days = extra.pop("weekdays", None)
        return ", ".join([span, *([_days(days)] if days and len(days) < len("1234567") else []), *_pairs(extra)])
    if said.keys() == {"lat", "lon"}:
        return f"{said['lat']:g}, {said['lon']:g}"
    if said.keys() >= {"first", "last"}:
        span = (
            value(said["first"]) if said["first"] == said["last"] else f"{value(said['first'])} – {value(said['last'])}"
        )
        return ", ".join(filter(None, [span, said.get("reason")]))
    return ", ".join(_pairs(said))


def _pairs(said: Mapping[str, Any]) -> list[str]:
    return [f"{field(name)} {value(each)}" for name, each in said.items()]


def _days(numbers: list[int]) -> str:
    return " ".join(NAMES[str(number)] for number in numbers)


def _list(said: list[Any] | tuple[Any, ...]) -> str:
    if len(said) == PLACE_AND_DEGREES and isinstance(said[0], str) and not isinstance(said[1], str):
        return said[0] or f"{said[1]}, {said[2]}"
    if len(said) == len(("from", "to")) and all(re.fullmatch(r"\d{2}:\d{2}", str(each)) for each in said):
        return f"{said[0]} – {said[1]}"
    mark = "; " if isinstance(said[0], Mapping) else ", "
    return mark.join(value(each) for each in said)


def _text(said: str) -> str:
    if DAY.fullmatch(said):
        return filters.dated(date.fromisoformat(said))
    if MOMENT.match(said):
        moment = datetime.fromisoformat(said)
        return f"{filters.dated(moment.date())}, {said[11:16]}"
    return said.removesuffix(":00") if re.fullmatch(r"\d{2}:\d{2}:00", said) else said
