"""What every form of staff stands on."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import wtforms
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectMultipleField, StringField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from notifications.contacts import EMAIL
from scheduling import contacts

T = TypeVar("T")


class Form(FlaskForm):  # type: ignore[misc]
    """A form with the session's token; what was typed stays in it when it is refused."""


class Part(wtforms.Form):  # type: ignore[misc]
    """A group of fields within a form, which carries the token for it."""


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several of a few choices, each a box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Words(StringField):  # type: ignore[misc]
    """A list of short texts, typed with commas between."""

    def _value(self) -> str:
        return ", ".join(self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was typed, without blanks and empty parts."""
        if valuelist:
            self.data = [word.strip() for word in valuelist[0].split(",") if word.strip()]


def choices(pairs: Iterable[tuple[object, str]]) -> list[SelectChoice]:
    """Values and their words, for lists and boxes."""
    return [SelectChoice(str(value), words) for value, words in pairs]


def perhaps(kind: Callable[[str], T]) -> Callable[[Any], T | None]:
    """How a list's values are read where the first, empty one means None."""
    return lambda value: kind(value) if value and value != "None" else None


def stripped(value: str | None) -> str | None:
    """A filter: without blanks around it, and None where nothing is left."""
    return (value or "").strip() or None


def plain(value: str | None) -> str:
    """A filter: without blanks around it, empty where nothing is left; line breaks as they are kept."""
    return (value or "").replace("\r\n", "\n").strip()


def phone_number(_form: Form, field: Field) -> None:
    """A validator: writes the number as E.164. Raises `ValidationError` where it has no country or doesn't exist."""
    if field.data:
        number = contacts.e164(field.data)
        if number is None:
            raise ValidationError("This isn't a number with its country code, such as +33 6 11 22 33 44.")
        field.data = number


def email_address(_form: Form, field: Field) -> None:
    """A validator. Raises `ValidationError` where mail can't be sent to the text."""
    if field.data and not EMAIL.fullmatch(field.data):
        raise ValidationError("This isn't an e-mail address, such as ana@example.com.")
