"""The SMS meter: what a text will take and cost, which characters make it dear, and the worst that may come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from notifications import render, sample, sms_text, templates
from notifications.models import ChannelName
from notifications.sample import Setting
from notifications.scene import Scene
from notifications.sms_text import Size
from notifications.templates import Text


@dataclass(frozen=True, slots=True)
class Costly:
    """A character of the text that makes it Unicode, how often it stands there, and what may stand for it."""

    char: str
    times: int
    plain: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the message as it would be sent; `dear` parts force Unicode."""

    text: str
    dear: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter says of one text; `worst` is with the longest values."""

    pieces: Sequence[Piece]
    size: Size
    worst: Size
    worst_body: str
    costly: Sequence[Costly]
    """Of the text itself: they can be replaced."""
    from_values: str
    """Characters that force Unicode and come out of variables, in the worst case."""
    doubles: str
    """Characters that count twice in GSM-7."""
    after: Size | None
    """What it would take with every costly character replaced; None where there is none to replace."""


def read(session: Session, text: Text, setting: Setting, locale: str) -> Reading:
    """Measure the text as it would be sent in a language. Raises `TemplateInvalid`."""
    usual = sample.usual(setting, locale)
    body = _written(text, usual)
    worst = _written(text, sample.longest(session, setting, locale, templates.paths_of(text)))
    cheaper = Text(sms_text.replaced(text.body))
    return Reading(
        pieces=_pieces(body),
        size=sms_text.measure(body),
        worst=sms_text.measure(worst),
        worst_body=worst,
        costly=[Costly(char, text.body.count(char), sms_text.plain(char)) for char in sms_text.costly(text.body)],
        from_values="".join(char for char in sms_text.costly(worst) if char not in text.body),
        doubles="".join(dict.fromkeys(char for char in body if char in sms_text.EXTENSION)),
        after=sms_text.measure(_written(cheaper, usual)) if cheaper.body != text.body else None,
    )


def _written(text: Text, scene: Scene) -> str:
    return render.write(text, scene, ChannelName.SMS).body


def _pieces(body: str) -> Sequence[Piece]:
    found: list[Piece] = []
    for char in body:
        dear = bool(sms_text.costly(char))
        if found and found[-1].dear is dear:
            found[-1] = Piece(found[-1].text + char, dear)
        else:
            found.append(Piece(char, dear))
    return found
