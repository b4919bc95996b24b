"""The slots of the link settings as they are typed: rows of two times and the weekdays, and what is wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from scheduling.terms import ALL_WEEK, SlotTime

MOST = 24
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIMES = "Two times, the second after the first, such as 08:00 and 10:00."
NO_DAY = "Tick at least one weekday."
NONE = "At least one slot is needed."
TOO_MANY = f"At most {MOST} slots can be kept."


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A slot as it is typed, and what is wrong with it."""

    start: str = ""
    end: str = ""
    weekdays: tuple[int, ...] = ALL_WEEK
    trouble: str = ""

    @classmethod
    def of(cls, slot: SlotTime) -> "SlotRow":
        """A slot as it would be typed."""
        return cls(slot.start.isoformat("minutes"), slot.end.isoformat("minutes"), slot.weekdays)


def typed(form: MultiDict[str, str]) -> list[SlotRow]:
    """The rows of a posted form in their order; `row` names each one's boxes."""
    columns = (form.getlist(name) for name in ("row", "start", "end"))
    return [
        SlotRow(start.strip(), end.strip(), _weekdays(form, key)) for key, start, end in zip(*columns, strict=False)
    ]


def _weekdays(form: MultiDict[str, str], key: str) -> tuple[int, ...]:
    ticked = form.getlist(f"weekdays-{key}")
    return tuple(number for number in ALL_WEEK if str(number) in ticked)


def rearranged(rows: Sequence[SlotRow], act: str) -> list[SlotRow]:
    """The rows after `add`, `remove 2`, `up 2` or `down 2`, as they are after anything else; positions count from 0."""
    verb, _, position = act.partition(" ")
    changed = list(rows)
    if verb == "add":
        return [*changed, SlotRow()]
    at = int(position) if position.isdecimal() else len(changed)
    other = at + {"up": -1, "down": 1}.get(verb, 0)
    if verb in {"remove", "up", "down"} and 0 <= at < len(changed) and 0 <= other < len(changed):
        row = changed.pop(at)
        changed[other:other] = [] if verb == "remove" else [row]
    return changed


def checked(rows: Sequence[SlotRow]) -> tuple[list[SlotTime], list[SlotRow]]:
    """The slots that are some, and the rows with what is wrong with each; empty rows are left out."""
    slots: list[SlotTime] = []
    said: list[SlotRow] = []
    for row in rows:
        if not (row.start or row.end):
            continue
        slot = _slot(row)
        trouble = _trouble(row, slot, slots)
        said.append(replace(row, trouble=trouble))
        if slot and not trouble:
            slots.append(slot)
    return slots, said or [SlotRow(trouble=NONE)]


def _slot(row: SlotRow) -> SlotTime | None:
    try:
        return SlotTime.model_validate({"start": row.start, "end": row.end, "weekdays": row.weekdays})
    except ValidationError:
        return None


def _trouble(row: SlotRow, slot: SlotTime | None, before: Sequence[SlotTime]) -> str:
    if slot is None:
        return TIMES
    if not row.weekdays:
        return NO_DAY
    if len(before) == MOST:
        return TOO_MANY
    again = [number for other in before if _same_times(slot, other) for number in _shared(slot, other)]
    return f"{span(slot)} stands in the list already for {days(sorted(again))}." if again else ""


def _same_times(one: SlotTime, other: SlotTime) -> bool:
    return (one.start, one.end) == (other.start, other.end)


def _shared(one: SlotTime, other: SlotTime) -> tuple[int, ...]:
    """The weekdays on which both are offered."""
    return tuple(number for number in one.weekdays if number in other.weekdays)


def overlaps(slots: Sequence[SlotTime]) -> list[str]:
    """What is said of slots that share more than an end: it is allowed."""
    return [
        f"{span(one)} and {span(other)} overlap. Customers may choose either; "
        f"a visit that is planned within both is promised {span(one)}, which stands first."
        for one, other in combinations(slots, 2)
        if one.start < other.end and other.start < one.end and _shared(one, other)
    ]


def span(slot: SlotTime) -> str:
    """`08:00–10:00`."""
    return f"{slot.start:%H:%M}–{slot.end:%H:%M}"


def days(numbers: Sequence[int]) -> str:
    """`every day`, `Monday, Friday`."""
    return "every day" if tuple(numbers) == ALL_WEEK else ", ".join(WEEKDAYS[number - 1] for number in numbers)
