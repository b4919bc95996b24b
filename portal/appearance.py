"""What an administrator sets of the customer pages: their texts in each language, their colour and corners."""

from collections.abc import Mapping
from typing import ClassVar

from flask_babel import LazyString, lazy_gettext
from pydantic import BaseModel, ConfigDict, Field

from scheduling.settings import Group

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "de": "Deutsch"}
"""The languages that customer pages speak."""
DEFAULTS: Mapping[str, LazyString] = {
    "title": lazy_gettext("Your appointment"),
    "description": lazy_gettext("Let us know whether this time suits you."),
    "after_confirm": lazy_gettext("Thank you. Your appointment is confirmed."),
    "after_reschedule": lazy_gettext("Thank you. Your appointment has been moved."),
    "error": lazy_gettext("That did not work."),
}
"""What stands where no text is set."""
LIGHT, DARK = ("#ffffff", "#f5f6f8"), ("#1c2126", "#14181c")
"""Raised and ground of both schemes (frontend/css/tokens.css): the accent must be readable on them."""
READABLE, COMFORTABLE = 4.5, 7
"""The least contrast of text, WCAG 2.2 AA, and what light text on dark needs to look as strong."""


class PageTexts(BaseModel):
    """The texts of the customer pages in one language; an empty one falls back."""

    model_config = ConfigDict(frozen=True)

    title: str = Field("", max_length=80)
    description: str = Field("", max_length=500)
    after_confirm: str = Field("", max_length=500)
    after_reschedule: str = Field("", max_length=500)
    error: str = Field("", max_length=500)
    """Stands first where something was refused; the exact reason follows."""


class LinkTexts(Group):
    """The texts of the customer pages by language."""

    key: ClassVar[str] = "link_texts"

    by_language: dict[str, PageTexts] = Field(default_factory=dict)

    def of(self, language: str, fallback: str) -> PageTexts:
        """Every text in the language, else in the fallback, else the portal's own in the language of the page."""
        wanted = [self.by_language.get(code, PageTexts()) for code in (language, fallback)]
        found = {name: [text for texts in wanted if (text := getattr(texts, name))] for name in DEFAULTS}
        return PageTexts.model_validate({name: (*found[name], str(own))[0] for name, own in DEFAULTS.items()})


class Style(Group):
    """How the customer pages look, as far as it can be set."""

    key: ClassVar[str] = "style"

    accent: str = Field("#17598a", pattern=r"^#[0-9a-fA-F]{6}$")
    radius: int = Field(8, ge=0, le=24)
    """Of corners, in pixels."""

    def css(self) -> str:
        """The tokens that differ from those of the portal, made readable in light and dark."""
        light, dark = readable(self.accent, LIGHT), readable(self.accent, DARK)
        return (
            f":root{{--radius:{self.radius}px;{_tokens(light, toward='#000000')}}}"
            f"@media (prefers-color-scheme:dark){{:root{{{_tokens(dark, toward='#ffffff')}}}}}"
        )


def _tokens(accent: str, *, toward: str) -> str:
    ink = max("#ffffff", "#0b1a27", key=lambda ink: contrast(ink, accent))
    strong = mix(accent, toward, 0.2)
    return f"--accent:{accent};--accent-text:{accent};--accent-strong:{strong};--accent-ink:{ink}"


def readable(colour: str, grounds: tuple[str, ...]) -> str:
    """The colour, as little darker or lighter as makes it readable on every one of the grounds."""
    dark = luminance(grounds[0]) < luminance("#777777")
    toward, least = ("#ffffff", COMFORTABLE) if dark else ("#000000", READABLE)
    steps = (mix(colour, toward, step / 20) for step in range(21))
    return next(shade for shade in steps if all(contrast(shade, ground) >= least for ground in grounds))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG, 0 to 1."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mix(colour: str, other: str, share: float) -> str:
    """The colour with a share of another, 0 to 1."""
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(own + (new - own) * share):02x}" for own, new in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
