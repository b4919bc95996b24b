"""Weekly hours as they are typed: a start and an end for each day, both empty where there is none."""

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from wtforms import TimeField
from wtforms.validators import Optional, StopValidation, ValidationError

from portal.forms import Form

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SHORT = tuple(day[:3] for day in DAYS)


class HoursForm(Form):
    """Two times a day, by ISO weekday."""

    def rows(self) -> Iterator[tuple[str, TimeField, TimeField]]:
        """The days with their fields."""
        for number, day in enumerate(DAYS, start=1):
            yield day, self[f"start_{number}"], self[f"end_{number}"]

    @property
    def hours(self) -> dict[str, list[str]]:
        """As rows keep them: {"1": ["08:00", "17:00"]}."""
        return {
            str(number): [start.data.isoformat("minutes"), end.data.isoformat("minutes")]
            for number, (_, start, end) in enumerate(self.rows(), start=1)
            if start.data and end.data
        }

    def spread(self) -> None:
        """Give Tuesday to Friday the hours that stand at Monday, as they are typed."""
        for number in range(2, 6):
            for edge in ("start", "end"):
                first, field = self[f"{edge}_1"], self[f"{edge}_{number}"]
                field.data, field.raw_data = first.data, first.raw_data


def _after_start(form: HoursForm, field: TimeField) -> None:
    """A validator: a day has two times in order, or none."""
    start, given = form[field.name.replace("end", "start")], any(field.raw_data or ())
    if not given:
        field.errors[:] = []
    if given != any(start.raw_data or ()):
        raise ValidationError("Give both times, or neither.")
    if not given:
        raise StopValidation
    if start.data and field.data and start.data >= field.data:
        raise ValidationError("The end comes after the start.")


for _number, _day in enumerate(DAYS, start=1):
    setattr(HoursForm, f"start_{_number}", TimeField(f"{_day} from", [Optional()]))
    setattr(HoursForm, f"end_{_number}", TimeField(f"{_day} to", [_after_start]))


def typed(hours: Mapping[str, Any]) -> dict[str, time]:
    """The stored hours as the form's fields want them."""
    return {
        f"{name}_{number}": time.fromisoformat(text)
        for number, pair in hours.items()
        for name, text in zip(("start", "end"), pair, strict=True)
    }


def in_words(hours: Mapping[str, Any]) -> str:
    """The days in short, neighbours as one: `Mon–Fri, Sun`; empty where there are none."""
    runs: list[list[int]] = []
    for number in sorted(int(number) for number in hours):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join("–".join(dict.fromkeys(SHORT[day - 1] for day in (run[0], run[-1]))) for run in runs)
