"""A message as it goes out: the template in the recipient's language, filled with what is true now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from notifications import catalogue, cleaning, language, letter, sms_text, templates
from notifications.catalogue import Kind, Value, Variable
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Template, TemplateText
from notifications.scene import Scene
from notifications.templates import Text
from notifications.wording import Moment
from scheduling import clock
from scheduling.wall import day_of

LONGEST = {ChannelName.SMS: 40, ChannelName.EMAIL: 1000}
"""Characters of one value from outside."""
LONGEST_OWN = 1000


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is written; `size` is of an SMS."""

    body: str
    subject: str | None = None
    html: str | None = None
    size: sms_text.Size | None = None


def render(template: Template, scene: Scene) -> Rendered:
    """Fill the template. Raises `TemplateInvalid` where it has no text or breaks the rules by now."""
    text = templates.in_language(template, scene.locale, scene.visit.location.locale)
    if text is None:
        raise TemplateInvalid("The template has no text.")
    return write(text, scene, template.channel)


def write(text: Text | TemplateText, scene: Scene, channel: ChannelName) -> Rendered:
    """Fill one text. Raises `TemplateInvalid`."""
    given = values(templates.paths_of(text), scene, channel)
    body = language.compiled(text.body).fill(given).strip()
    if channel is ChannelName.SMS:
        return Rendered(body, size=size(body))
    subject = cleaning.one_line(language.compiled(text.subject).fill(given), 250)
    if text.html:
        html = language.compiled(text.html, html=True).fill(given)
    else:
        html = letter.as_html(subject, body, link=scene.link, company=scene.company.name, locale=scene.locale)
    return Rendered(body, subject, html)


def size(body: str) -> sms_text.Size:
    """What an SMS takes."""
    return sms_text.measure(body)


def values(paths: Iterable[str], scene: Scene, channel: ChannelName) -> Mapping[str, object]:
    """The values of the variables that a text names, cleaned for the channel."""
    today = day_of(clock.now(), scene.zone)
    found = ((path, catalogue.lookup(path)) for path in paths)
    return {path: _written(variable, scene, today, LONGEST[channel]) for path, variable in found if variable}


def _written(variable: Variable, scene: Scene, today: date, limit: int) -> object:
    value: Value = variable.read(scene)
    if isinstance(value, datetime):
        return Moment(value.astimezone(scene.zone), today, scene.locale)
    if variable.kind is Kind.TEXT:
        return cleaning.harmless(value or "", limit)
    return cleaning.one_line(value or "", LONGEST_OWN)
