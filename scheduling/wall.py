"""Wall time: what the clock of a location shows, against instants in UTC and seconds of a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.errors import NoSuchWallTime


@dataclass(frozen=True, slots=True)
class Window:
    """An interval of instants, both ends included: what was promised to a customer."""

    start: datetime
    end: datetime


def exists(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the naive wall time occurs in the zone, that is, isn't skipped by a change of the clock."""
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, the first of the two where the clock is put back.

    Raises `NoSuchWallTime` where the clock is put forward over it.
    """
    moment = datetime.combine(day, at)
    if not exists(moment, zone):
        raise NoSuchWallTime(moment.isoformat())
    return moment.replace(tzinfo=zone).astimezone(UTC)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which the day begins: local midnight, or the first instant after it where that is skipped."""
    moment = datetime.combine(day, time.min)
    while not exists(moment, zone):
        moment += timedelta(minutes=15)
    return moment.replace(tzinfo=zone).astimezone(UTC)


def seconds(at: datetime, day: date, zone: ZoneInfo) -> int:
    """Seconds elapsed from the beginning of the day to an instant, whole; an hour more or less where clocks change."""
    return int((at - midnight(day, zone)).total_seconds())


def moment(elapsed: int, day: date, zone: ZoneInfo) -> datetime:
    """The instant that many seconds after the beginning of the day."""
    return midnight(day, zone) + timedelta(seconds=elapsed)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return at.astimezone(zone).date()


def window(day: date, start: time, end: time, zone: ZoneInfo) -> Window:
    """A wall-clock interval of a day as instants."""
    return Window(instant(day, start, zone), instant(day, end, zone))
