"""What one customer would read: the texts of the dialog as they are sent, and what an SMS of them takes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import current_app
from sqlalchemy.orm import Session

from notifications import audience, render, sms_text, templates, trial
from notifications.audience import Audience, Row
from notifications.company import Company
from notifications.context import Context
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Template
from notifications.scene import Scene
from portal.appearance import LANGUAGES
from portal.console.wish import Wish
from scheduling import settings
from scheduling.terms import LinkTerms


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as it will be read."""

    channel: ChannelName
    subject: str
    body: str
    meter: str
    """What an SMS takes; empty for an e-mail."""
    costly: str
    """The characters that make the SMS dearer."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """The messages of one customer, in the language that is looked at."""

    reader: int
    name: str
    readers: Sequence[tuple[int, str]]
    """Everybody who will be told, to choose from."""
    language: str
    languages: Mapping[str, str]
    """Those the templates are written in; the empty one is the customer's own."""
    letters: Sequence[Letter]
    longest: str
    longest_id: int | None
    """Who gets the longest SMS of all, and how long it is."""


def of(
    session: Session, told: Audience, chosen: Sequence[Template], wish: Wish, *, terms: LinkTerms, context: Context
) -> Preview | None:
    """The texts of the customer who was picked, or of the first one; None where nobody will be told."""
    rows = {row.customer.id: row for row in told.reachable}
    row = rows.get(wish.reader or 0) or next(iter(rows.values()), None)
    if row is None:
        return None
    scene, languages = _scene(session, row, terms), _languages(row, chosen)
    language = wish.language if wish.language in languages else ""
    longest = told.longest
    return Preview(
        reader=row.customer.id,
        name=row.customer.name,
        readers=[(id_, each.customer.name) for id_, each in rows.items()],
        language=language,
        languages=languages,
        letters=[_letter(template, _in(scene, language), context) for template in _used(row, chosen, context)],
        longest=_measured(longest.size) if longest and longest.size else "",
        longest_id=longest.customer.id if longest else None,
    )


def scene(session: Session, row: Row, wish: Wish, terms: LinkTerms) -> Scene:
    """What a test message to oneself is filled with."""
    return _in(_scene(session, row, terms), wish.language)


def _scene(session: Session, row: Row, terms: LinkTerms) -> Scene:
    """With a link that opens nothing: a preview can't act for the customer."""
    link = trial.sample_link(current_app.config["PORTAL"].public_url)
    return audience.scene(row.visits, company=settings.load(session, Company), terms=terms, link=link)


def _in(scene: Scene, language: str) -> Scene:
    return replace(scene, locale=language) if language else scene


def _languages(row: Row, chosen: Collection[Template]) -> Mapping[str, str]:
    written = sorted({text.locale for template in chosen for text in template.texts})
    own = LANGUAGES.get(row.locale.partition("-")[0], row.locale)
    return {"": f"{own}, as the customer reads it", **{code: LANGUAGES.get(code, code) for code in written}}


def _used(row: Row, chosen: Sequence[Template], context: Context) -> Sequence[Template]:
    """The templates that reach the customer, SMS first."""
    return sorted(
        (template for template in chosen if template.channel in row.channels),
        key=lambda template: row.channels.index(template.channel),
    )


def _letter(template: Template, scene: Scene, context: Context) -> Letter:
    try:
        text = render.render(template, scene)
    except TemplateInvalid as error:
        return Letter(template.channel, "", "", "", "", error.reason)
    meter = ""
    if text.size:
        meter = f"{_measured(text.size)}, {text.size.segments * context.sms_cost:.2f} credits"
    costly = sms_text.costly(text.body) if text.size else ""
    return Letter(template.channel, text.subject or "", text.body, meter, costly)


def _measured(size: sms_text.Size) -> str:
    """`148 of 160 characters, 1 segment`."""
    room = sms_text.SINGLE[size.encoding] if size.segments == 1 else size.segments * sms_text.JOINED[size.encoding]
    return f"{size.units} of {room} characters, {size.segments} segment{'' if size.segments == 1 else 's'}"


def text(template: Template, scene: Scene) -> templates.Text | None:
    """The text of a template that the scene's reader would get."""
    found = templates.in_language(template, scene.locale, scene.visit.location.locale)
    return templates.Text(found.body, found.subject, found.html) if found else None
