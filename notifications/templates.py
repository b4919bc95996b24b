"""Templates as staff keep them: checked when saved, chosen by language, shown with samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from notifications import catalogue, language, wording
from notifications.catalogue import Kind
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName, Template, TemplateText, Trigger
from scheduling import clock
from scheduling.wall import day_of


@dataclass(frozen=True, slots=True)
class Text:
    """A template in one language; `subject` and `html` are for e-mail only."""

    body: str
    subject: str = ""
    html: str | None = None


def listed(session: Session, *, trigger: Trigger | None = None, enabled: bool | None = None) -> Sequence[Template]:
    """Templates by name, with their texts."""
    query = select(Template).options(selectinload(Template.texts)).order_by(Template.name)
    if trigger is not None:
        query = query.where(Template.trigger == trigger)
    if enabled is not None:
        query = query.where(Template.enabled == enabled)
    return session.scalars(query).all()


def create(
    session: Session,
    name: str,
    channel: ChannelName,
    texts: Mapping[str, Text],
    *,
    trigger: Trigger = Trigger.MANUAL,
    attach_appointment: bool = False,
) -> Template:
    """A new template with its texts by locale. Raises `TemplateInvalid`."""
    template = Template(
        name=name, channel=channel, trigger=trigger, attach_appointment=attach_appointment, created_at=clock.now()
    )
    session.add(template)
    write(session, template, texts)
    return template


def write(session: Session, template: Template, texts: Mapping[str, Text]) -> None:
    """Replace the texts of a template. Raises `TemplateInvalid`; nothing is changed then."""
    check(template.channel, texts)
    kept = {text.locale: text for text in template.texts}
    for locale, row in kept.items():
        if locale not in texts:
            template.texts.remove(row)
    for locale, text in texts.items():
        row = kept.get(locale) or TemplateText(locale=locale)
        row.subject, row.body, row.html = text.subject, text.body, text.html
        if locale not in kept:
            template.texts.append(row)
    session.flush()


def check(channel: ChannelName, texts: Mapping[str, Text]) -> None:
    """Raises `TemplateInvalid` with a sentence that names the language and the place."""
    if not texts:
        raise TemplateInvalid("A text in at least one language is needed.")
    for locale, text in texts.items():
        try:
            _check_one(channel, text)
        except TemplateInvalid as error:
            raise TemplateInvalid(f"{locale}: {error.reason}") from error


def _check_one(channel: ChannelName, text: Text) -> None:
    if not text.body.strip():
        raise TemplateInvalid("The text is empty.")
    if channel is ChannelName.EMAIL and not text.subject.strip():
        raise TemplateInvalid("An e-mail needs a subject.")
    if "\n" in text.subject or "\r" in text.subject:
        raise TemplateInvalid("The subject must be one line.")
    for source in (text.subject, text.body):
        language.compiled(source)
    if text.html:
        language.compiled(text.html, html=True)


def carries_link(template: Template) -> bool:
    """Whether any text of the template holds the link, so that using it needs an invitation.

    A text that no longer keeps the rules holds none: filling it in will say what is wrong.
    """
    try:
        return any(paths_of(text) & {"link", "link_until"} for text in template.texts)
    except TemplateInvalid:
        return False


def paths_of(text: Text | TemplateText) -> frozenset[str]:
    """The variables of a text. Raises `TemplateInvalid`."""
    html = language.compiled(text.html, html=True).paths if text.html else frozenset[str]()
    return language.compiled(text.subject).paths | language.compiled(text.body).paths | html


def in_language(template: Template, *wanted: str | None) -> TemplateText | None:
    """The text in the first wanted language there is (`de-CH` is content with `de`), else English, else any."""
    by_locale = {text.locale: text for text in template.texts}
    for locale in (*wanted, "en"):
        if locale and (text := by_locale.get(locale) or by_locale.get(locale.partition("-")[0].partition("_")[0])):
            return text
    return next(iter(template.texts), None)


def samples(locale: str = "en", zone: ZoneInfo | None = None) -> dict[str, object]:
    """The catalogue filled with its sample values, for previews and the editor."""
    place = zone or ZoneInfo("UTC")
    today = day_of(clock.now(), place)
    return {path: _sample(variable, today, locale, place) for path, variable in catalogue.CATALOGUE.items()}


def _sample(variable: catalogue.Variable, today: date, locale: str, zone: ZoneInfo) -> object:
    value = variable.sample
    if variable.kind is Kind.MOMENT and isinstance(value, datetime):
        return wording.Moment(value.astimezone(zone), today, locale)
    return value


def preview(text: Text, locale: str = "en") -> Text:
    """The text with sample values. Raises `TemplateInvalid`."""
    values = samples(locale)
    for source in (text.subject, text.body, text.html or ""):
        values |= {path: path.rpartition(".")[2] for path in language.compiled(source).paths - values.keys()}
    body, subject = language.compiled(text.body).fill(values), language.compiled(text.subject).fill(values)
    html = language.compiled(text.html, html=True).fill(values) if text.html else None
    return Text(body, subject, html)
