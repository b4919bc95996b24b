"""The planning document: what its rows may say, field by field (docs: contracts, "The planning document").

A row that is validated and dumped with `said` is in one form, the form in which `exporter` writes it, so that what a
document says and what the portal holds compare field by field.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator

from scheduling.models import Confirmation, ConsentChannel, Lock, VisitStatus

YEARS = range(2000, 2200)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What no text may hold: control characters and halves of surrogate pairs; tabs and line ends may stand."""


def clock_text(value: datetime | time) -> str:
    """A wall time as a document writes it: 08:00, with seconds only where there are any."""
    return value.isoformat(timespec="seconds" if value.second else "minutes")


def _text(value: str) -> str:
    if CONTROL.search(value):
        raise ValueError("holds a control character")
    return value


def _ref(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if re.search(r"[\t\r\n]", value):
        raise ValueError("must be on one line")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic collects value errors
    return value


def _shaped(value: object, shape: str, example: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(shape, value):
        raise ValueError(f"must be written like {example}")
    return value


def _time(value: object) -> object:
    if isinstance(value, time):
        return value
    text = _shaped(value, r"\d\d:\d\d(:\d\d)?", "08:00")
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError("isn't a time of day") from None


def _moment(value: object) -> object:
    if isinstance(value, datetime):
        return value
    text = _shaped(value, r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", "2026-12-01T08:00, local, without an offset")
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("isn't a date and time of day") from None


def _day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    text = _shaped(value, r"\d{4}-\d\d-\d\d", "2026-12-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("isn't a day of the calendar") from None


def _year(value: date) -> date:
    if value.year not in YEARS:
        raise ValueError(f"must lie between {YEARS[0]} and {YEARS[-1]}")
    return value


def _custom(value: dict[str, Any]) -> dict[str, Any]:
    for text in _texts(value):
        _text(text)
    return value


def _texts(value: object) -> Iterator[str]:
    """Every text within a JSON value, names of members too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


def _in_order(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def _once(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


Text = Annotated[str, Field(max_length=10_000), AfterValidator(_text)]
Line = Annotated[str, Field(max_length=200), AfterValidator(_text)]
Word = Annotated[str, Field(max_length=64), AfterValidator(_text)]
Ref = Annotated[str, Field(max_length=64), AfterValidator(_text), AfterValidator(_ref)]
Phone = Annotated[str, Field(max_length=32), AfterValidator(_text)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_text)]
Locale = Annotated[str, Field(max_length=16, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]
Skills = Annotated[tuple[Word, ...], AfterValidator(_in_order)]
Channels = Annotated[tuple[ConsentChannel, ...], AfterValidator(lambda values: tuple(sorted(set(values))))]
Custom = Annotated[dict[str, Any], AfterValidator(_custom)]
Count = Annotated[int, BeforeValidator(_number), Field(ge=0, le=1_000_000_000)]
Minutes = Annotated[int, BeforeValidator(_number), Field(ge=1, le=1440)]
Latitude = Annotated[float, BeforeValidator(_number), Field(ge=-90, le=90)]
Longitude = Annotated[float, BeforeValidator(_number), Field(ge=-180, le=180)]
Day = Annotated[date, BeforeValidator(_day), AfterValidator(_year)]
Clock = Annotated[time, BeforeValidator(_time), PlainSerializer(clock_text, when_used="json")]
Moment = Annotated[
    datetime, BeforeValidator(_moment), AfterValidator(_year), PlainSerializer(clock_text, when_used="json")
]


class Row(BaseModel):
    """A row of the document, or a part of one. Unknown fields are passed over; the reader warns about them."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False, hide_input_in_errors=True)

    def said(self) -> dict[str, Any]:
        """The fields that the document names, in the form in which the exporter writes them."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Point(Row):
    """Degrees of WGS 84."""

    lat: Latitude
    lon: Longitude


class TechnicianRow(Row):
    """A technician; the day ends where it starts unless `end` says otherwise."""

    ref: Ref
    name: Line = ""
    phone: Phone | None = None
    email: Email | None = None
    skills: Skills = ()
    capacity: Count | None = None
    custom: Custom = {}
    start: Point
    end: Point | None = None


class CustomerRow(Row):
    """A customer; without `consent` what is stored stays, and a new customer has given none."""

    ref: Ref
    name: Line = ""
    phone: Phone | None = None
    email: Email | None = None
    locale: Locale | None = None
    consent: Channels = ()
    custom: Custom = {}


class WindowRow(Row):
    """What is promised to the customer, in wall time of one day."""

    start: Moment
    end: Moment

    @model_validator(mode="after")
    def _of_one_day(self) -> Self:
        if self.end < self.start:
            raise ValueError("ends before it starts")
        if self.end.date() != self.start.date():
            raise ValueError("must start and end on the same day")
        return self


class VisitRow(Row):
    """A visit; what `export` adds at the end counts for a visit that the portal doesn't know yet."""

    ref: Ref
    customer: Ref
    type: Ref | None = None
    description: Text = ""
    contact: Line = ""
    address: Text = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    duration_min: Minutes
    skills: Skills = ()
    load: Count = 0
    auxiliaries: Annotated[tuple[Ref, ...], AfterValidator(_once)] = ()
    lock: Lock | None = None
    custom: Custom = {}
    window: WindowRow | None = None
    status: VisitStatus | None = None
    confirmed: bool = False
    planned_start: Moment | None = None
    confirmation: Confirmation | None = None
    generation: Annotated[Count, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon belong together")
        if self.lat is None and not self.address.strip():
            raise ValueError("an address, or lat and lon, is missing")
        return self


class Shift(Row):
    """When the technician works, in wall time of the route's day."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _within_the_day(self) -> Self:
        if self.end <= self.start:
            raise ValueError("must end after it starts, on the same day")
        return self


class Pause(Row):
    """A break of `min` minutes somewhere between `start` and `end`."""

    start: Clock
    end: Clock
    min: Minutes


class RouteRow(Row):
    """One technician on one day, the visits in their order."""

    date: Day
    technician: Ref
    shift: Shift
    pause: Pause | None = Field(None, alias="break")
    stops: tuple[Ref, ...] = ()

    @model_validator(mode="after")
    def _room_for_the_break(self) -> Self:
        if self.pause:
            first = max(_minutes(self.pause.start), _minutes(self.shift.start))
            last = min(_minutes(self.pause.end), _minutes(self.shift.end))
            if last - first < self.pause.min:
                raise ValueError(f"{self.pause.min} minutes of break don't fit into its interval and the shift")
        return self


def _minutes(at: time) -> float:
    return at.hour * 60 + at.minute + at.second / 60


class TableRow(VisitRow):
    """A visit as a row of a table gives it: its place stands beside it."""

    date: Day | None = None
    technician: Ref | None = None
    position: Annotated[int, BeforeValidator(_number)] | None = None
