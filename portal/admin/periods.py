"""Some days in a row as they are typed: a closure, an absence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self

from wtforms import DateField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from portal.forms import Form, plain


class PeriodForm(Form):
    """The first and the last day, and why."""

    first = DateField("First day", [InputRequired("Which day?")])
    last = DateField("Last day", [InputRequired("Which day?")])
    reason = StringField("Reason", [Length(max=200)], [plain], description="Only staff read it.")

    def validate_last(self, field: DateField) -> None:
        """Not before the first, and not more than a year after it."""
        if self.first.data and field.data and field.data < self.first.data:
            raise ValidationError("The last day comes before the first.")
        if self.first.data and field.data and (field.data - self.first.data).days > 366:
            raise ValidationError("That is more than a year; add it in parts.")

    @property
    def value(self) -> dict[str, str]:
        """As a location keeps it."""
        return {
            "first": self.first.data.isoformat(),
            "last": self.last.data.isoformat(),
            "reason": self.reason.data,
        }


@dataclass(frozen=True, slots=True)
class Period:
    """Some days in a row, both ends included."""

    first: date
    last: date
    reason: str

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Self:
        """From what a location keeps."""
        return cls(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]), kept.get("reason", ""))
