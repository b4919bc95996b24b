"""What the template editor shows beside what is typed: variables with samples, the meter, the letter, the languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import catalogue, meter, render, sample, templates, trial
from notifications.catalogue import CATALOGUE, GROUPS, Kind
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName
from notifications.render import Rendered
from notifications.sample import Setting
from notifications.templates import Text
from portal.admin.template_form import NAMES, TemplateForm
from portal.appearance import LANGUAGES
from portal.config import Config
from scheduling.models import Location

OFTEN = ("link", "appointments", "customer.name", "company.name")
"""Chips that stand ready without opening a group."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A variable to insert."""

    path: str
    meaning: str
    typed: str
    sample: str
    moment: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One language: whose it is, and what its text amounts to."""

    code: str
    language: str
    spoken_at: Sequence[str]
    """The locations whose own language it is."""
    missing: bool
    instead: str
    """The language that customers get where this one is missing; empty where there is none at all."""
    sources: Sequence[tuple[str, str]]
    """Languages whose text may be copied here."""
    reading: meter.Reading | None = None
    letter: Rendered | None = None
    cost: float = 0
    worst_cost: float = 0
    too_long: bool = False
    worst_too_long: bool = False


@dataclass(frozen=True, slots=True)
class Editor:
    """Everything that the page shows besides the form."""

    columns: Sequence[Column]
    sender: str
    most: int
    """Segments of an SMS that is still sent."""
    price: float


def setting(session: Session) -> Setting:
    """What samples share with real messages of this installation."""
    return sample.setting(session, trial.sample_link(_config().public_url))


def _config() -> Config:
    config: Config = current_app.config["PORTAL"]
    return config


def editor(session: Session, form: TemplateForm) -> Editor:
    """The form as it stands, measured and shown."""
    spoken = _spoken(session)
    here = setting(session)
    first = here.location.locale[:2]
    order = sorted(LANGUAGES, key=lambda code: (code != first, code not in spoken))
    columns = [_column(session, form, code, spoken, here) for code in order]
    config = _config()
    return Editor(columns, config.mail_from, config.max_segments, config.sms_cost)


def _spoken(session: Session) -> Mapping[str, list[str]]:
    """The names of the locations by their own language."""
    found: dict[str, list[str]] = {}
    for locale, name in session.execute(select(Location.locale, Location.name).order_by(Location.id)):
        found.setdefault(locale[:2], []).append(name)
    return found


def _column(session: Session, form: TemplateForm, code: str, spoken: Mapping[str, list[str]], here: Setting) -> Column:
    texts = form.texts
    others = [other for other in texts if other != code]
    column = Column(
        code,
        NAMES[code],
        spoken.get(code, ()),
        missing=code not in texts,
        instead=NAMES.get(templates.language_of(others, here.location.locale) or "", ""),
        sources=[(other, NAMES[other]) for other in others],
    )
    if code not in texts or templates.faults(form.by, texts[code]):
        return column
    if form.by is ChannelName.SMS:
        return _measured(session, column, texts[code], here)
    return replace(column, letter=written(texts[code], ChannelName.EMAIL, here, code))


def _measured(session: Session, column: Column, text: Text, here: Setting) -> Column:
    config = _config()
    reading = meter.read(session, text, here, column.code)
    usual, worst = reading.size.segments, reading.worst.segments
    return replace(
        column,
        reading=reading,
        cost=usual * config.sms_cost,
        worst_cost=worst * config.sms_cost,
        too_long=usual > config.max_segments,
        worst_too_long=worst > config.max_segments,
    )


def written(text: Text, channel: ChannelName, here: Setting, code: str) -> Rendered | None:
    """The text as its recipient would read it, with sample values; None where it breaks the rules."""
    try:
        return render.write(text, sample.usual(here, code), channel)
    except TemplateInvalid:
        return None


def chips(session: Session) -> tuple[Sequence[Chip], Mapping[str, Sequence[Chip]]]:
    """The variables that are used most, and all of them by group; samples are of the location's own language."""
    here = setting(session)
    scene = sample.usual(here, here.location.locale)
    values = render.values(CATALOGUE, scene, ChannelName.EMAIL)
    every = {path: _chip(variable, str(values[path])) for path, variable in CATALOGUE.items()}
    grouped = {
        group: [every[path] for path, variable in CATALOGUE.items() if variable.group == group] for group in GROUPS
    }
    return [every[path] for path in OFTEN], grouped


def _chip(variable: catalogue.Variable, value: str) -> Chip:
    return Chip(variable.path, variable.meaning, variable.written, value, variable.kind is Kind.MOMENT)


def reminders(editor: Editor, channel: ChannelName) -> list[str]:
    """What somebody who has just saved should know: languages that are missing where they are spoken, and lengths."""
    found = [
        f"{' and '.join(column.spoken_at)} {'speaks' if len(column.spoken_at) == 1 else 'speak'} {column.language}, "
        f"and the template has no text in it: customers there get the one in {column.instead}."
        for column in editor.columns
        if column.missing and column.spoken_at
    ]
    if channel is ChannelName.SMS:
        found += [
            f"{column.language}: an SMS of this text takes more than {editor.most} segments, so it would never be sent."
            for column in editor.columns
            if column.too_long
        ]
    return found
