"""What an administrator sets of the customer pages: their texts in each language, their colour and corners."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
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


class Font(StrEnum):
    """A kind of letters; nothing is loaded, each device shows what it has of the kind."""

    SYSTEM = "system"
    HUMANIST = "humanist"
    GEOMETRIC = "geometric"
    ROUNDED = "rounded"
    SERIF = "serif"
    BOOK = "book"
    SLAB = "slab"


FONTS: Mapping[Font, str] = {
    Font.SYSTEM: "",
    Font.HUMANIST: "Seravek, 'Gill Sans Nova', Ubuntu, Calibri, 'DejaVu Sans', sans-serif",
    Font.GEOMETRIC: "Avenir, Montserrat, Corbel, 'URW Gothic', sans-serif",
    Font.ROUNDED: "ui-rounded, 'Hiragino Maru Gothic ProN', Quicksand, 'Arial Rounded MT Bold', Calibri, sans-serif",
    Font.SERIF: "Charter, 'Bitstream Charter', 'Sitka Text', Cambria, serif",
    Font.BOOK: "'Iowan Old Style', 'Palatino Linotype', 'URW Palladio L', P052, serif",
    Font.SLAB: "Rockwell, 'Rockwell Nova', 'Roboto Slab', 'DejaVu Serif', 'Sitka Small', serif",
}
"""The fonts that devices have of each kind, the best first; the system's own needs none."""
SCHEMES: Mapping[str, tuple[tuple[str, str], str, float]] = {
    "light": (LIGHT, "#000000", READABLE),
    "dark": (DARK, "#ffffff", COMFORTABLE),
}
"""Grounds, what the accent is mixed with to be readable there, and the least contrast."""


@dataclass(frozen=True, slots=True)
class Shade:
    """The accent in one scheme: how it can be read as set, and what is used."""

    scheme: str
    least: float
    asked: float
    used: str
    reached: float

    @property
    def adapted(self) -> bool:
        """Whether the colour that was set isn't the one that is used."""
        return self.asked < self.least


class Style(Group):
    """How the customer pages look, as far as it can be set."""

    key: ClassVar[str] = "style"

    accent: str = Field("#17598a", pattern=r"^#[0-9a-fA-F]{6}$")
    font: Font = Font.SYSTEM
    radius: int = Field(8, ge=0, le=24)
    """Of corners, in pixels."""

    def shades(self) -> Iterator[Shade]:
        """The accent in light and in dark."""
        for scheme, (grounds, _, least) in SCHEMES.items():
            used = readable(self.accent, grounds)
            asked, reached = (min(contrast(shade, ground) for ground in grounds) for shade in (self.accent, used))
            yield Shade(scheme, least, asked, used, reached)

    def css(self, only: str = "") -> str:
        """The tokens that differ from those of the portal, made readable in light and dark, or in one `only`."""
        font = f"--font:{FONTS[self.font]};" if FONTS[self.font] else ""
        common = f"--radius:{self.radius}px;{font}"
        tokens = {
            scheme: _tokens(readable(self.accent, grounds), toward=toward)
            for scheme, (grounds, toward, _) in SCHEMES.items()
        }
        if only:
            return f":root{{{common}{tokens[only]}}}"
        return f":root{{{common}{tokens['light']}}}@media (prefers-color-scheme:dark){{:root{{{tokens['dark']}}}}}"

    @property
    def version(self) -> str:
        """Another one after each change, for addresses."""
        return f"{self.accent[1:]}-{self.radius}-{self.font}"


def _tokens(accent: str, *, toward: str) -> str:
    ink = max("#ffffff", "#0b1a27", key=lambda ink: contrast(ink, accent))
    strong = mix(accent, toward, 0.2)
    return f"--accent:{accent};--accent-text:{accent};--accent-strong:{strong};--accent-ink:{ink}"


def readable(colour: str, grounds: tuple[str, ...]) -> str:
    """The colour, as little darker or lighter as makes it readable on every one of the grounds."""
    _, toward, least = SCHEMES["dark" if luminance(grounds[0]) < luminance("#777777") else "light"]
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
