"""From a form to a group of settings: the group itself says what is wrong, the form shows it at the field."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from portal.forms import Form

M = TypeVar("M", bound=BaseModel)


def read(form: Form, kind: type[M], **more: Any) -> M | None:
    """The settings as typed, `more` beside the form's fields; None where the form now says what is wrong."""
    valid = form.validate_on_submit()
    values = {name: form[name].data for name in kind.model_fields if name in form}
    try:
        group = kind.model_validate({**values, **more})
    except ValidationError as error:
        _attach(form, error)
        return None
    return group if valid else None


def _attach(form: Form, error: ValidationError) -> None:
    for item in error.errors():
        name = str(item["loc"][0])
        if name in form and not form[name].errors:
            message = item["msg"].removeprefix("Value error, ").replace("Input should be", "Must be")
            form[name].errors = (*form[name].errors, f"{message}.")
