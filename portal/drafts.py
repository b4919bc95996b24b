"""Settings as they stand in a form before they are saved: each value as typed where it can be used, else as stored."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import MultiDict

from portal import slot_rows
from portal.appearance import LANGUAGES, LinkTexts, PageTexts
from scheduling.terms import LinkTerms

M = TypeVar("M", bound=BaseModel)
Typed = MultiDict[str, str]

TICKS = ("rescheduling", "choose_days", "show_technician", "empty_routes")
"""The boxes of the link settings: one that isn't sent is off, where the form has them at all."""


def terms(form: Typed, stored: LinkTerms) -> LinkTerms:
    """The link settings; `form` is any form, also one without them."""
    if "validity_days" not in form:
        return stored
    values: dict[str, Any] = {name: form[name] for name in LinkTerms.model_fields if name in form}
    slots, _ = slot_rows.checked(slot_rows.typed(form))
    return overlaid(stored, {**values, **{name: name in form for name in TICKS}, **({"slots": slots} if slots else {})})


def texts(form: Typed, stored: LinkTexts) -> LinkTexts:
    """The texts of the pages."""
    return LinkTexts(by_language={code: _page(form, code, stored) for code in LANGUAGES})


def _page(form: Typed, code: str, stored: LinkTexts) -> PageTexts:
    names = [name for name in PageTexts.model_fields if f"{code}-{name}" in form]
    typed = {name: form[f"{code}-{name}"].replace("\r\n", "\n").strip() for name in names}
    return overlaid(stored.by_language.get(code, PageTexts()), typed)


def group(form: Typed, stored: M) -> M:
    """A group whose fields stand in the form by their own names."""
    return overlaid(stored, {name: form[name].strip() for name in type(stored).model_fields if name in form})


def overlaid(stored: M, typed: Mapping[str, object]) -> M:
    """The stored values with those typed that each can stand on its own."""
    kept = {name: value for name, value in typed.items() if _fits(stored, name, value)}
    return type(stored).model_validate({**stored.model_dump(), **kept})


def _fits(stored: BaseModel, name: str, value: object) -> bool:
    try:
        type(stored).model_validate({**stored.model_dump(), name: value})
    except ValidationError:
        return False
    return True
