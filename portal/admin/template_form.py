"""The form of a template with its texts in every language, and what is wrong with them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import BooleanField, FormField, HiddenField, RadioField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Length

from notifications import sms_text, templates, wording
from notifications.models import ChannelName, Template, Trigger
from notifications.templates import Text
from portal.appearance import LANGUAGES
from portal.forms import Form, Part, choices, phone_number, plain, stripped

TRIGGERS = (
    (Trigger.MANUAL, "Dispatchers choose it when they notify"),
    (Trigger.RULE, "Only rules use it"),
)

NAMES: Mapping[str, str] = {code: str(wording.locale_of(code).english_name) for code in LANGUAGES}
"""The languages as staff calls them."""


class TextForm(Part):
    """The text in one language."""

    subject = StringField("Subject", [Length(max=250)], [plain])
    body = TextAreaField("Text", [Length(max=10_000)], [plain])


class TemplateForm(Form):
    """A template with all its texts; `number` is where a test SMS goes if the person has no phone on file."""

    name = StringField("Internal name", [InputRequired("Give it a name."), Length(max=100)], [stripped])
    channel = HiddenField("Channel", default=ChannelName.SMS)
    trigger = RadioField("Who uses it", choices=choices(TRIGGERS), default=Trigger.MANUAL, coerce=Trigger)
    enabled = BooleanField("Enabled", default=True)
    attach_appointment = BooleanField("Attach the appointment")
    number = TelField("Number for tests", [phone_number], [stripped])
    en = FormField(TextForm)
    fr = FormField(TextForm)
    de = FormField(TextForm)

    @property
    def by(self) -> ChannelName:
        """The channel; what can't be read counts as SMS."""
        return ChannelName(self.channel.data) if self.channel.data in set(ChannelName) else ChannelName.SMS

    def text(self, code: str) -> Text:
        """What is typed in a language; an SMS has no subject."""
        part = self[code]
        return Text(part.body.data or "", (part.subject.data or "") if self.by is ChannelName.EMAIL else "")

    @property
    def texts(self) -> dict[str, Text]:
        """The texts by language; empty languages are left out."""
        typed = {code: self.text(code) for code in LANGUAGES}
        return {code: text for code, text in typed.items() if text.body or text.subject}

    def judge(self, session: Session, template: Template | None) -> bool:
        """Whether it can be kept; where not, each field says why."""
        valid = self.validate_on_submit()
        return all([self._free_name(session, template), self.judge_texts(), valid])

    def judge_texts(self) -> bool:
        """Whether every text can be used."""
        wrong = {code: templates.faults(self.by, text) for code, text in self.texts.items()}
        for code, faults in wrong.items():
            for field, reason in faults.items():
                self[code][field].errors = [reason]
        if not self.texts:
            self[next(iter(LANGUAGES))].body.errors = ["Write the text in at least one language."]
        return bool(self.texts) and not any(wrong.values())

    def _free_name(self, session: Session, template: Template | None) -> bool:
        taken = session.scalar(select(Template.id).where(Template.name == self.name.data))
        if taken is None or (template and taken == template.id):
            return True
        self.name.errors = ["Another template has this name."]
        return False

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """Every error with the id of its field, for the top of the page."""
        own = [(field.id, f"{field.label.text}: {error}") for field in self._plain() for error in field.errors]
        return own + [
            (field.id, f"{NAMES[code]}, {field.label.text.lower()}: {error}")
            for code in LANGUAGES
            for field in self[code]
            for error in field.errors
        ]

    def _plain(self) -> list[Any]:
        return [field for field in self if field.name not in LANGUAGES]

    def copy(self, source: str, target: str) -> None:
        """Write the text of one language over that of another."""
        self[target].subject.data, self[target].body.data = self[source].subject.data, self[source].body.data

    def cheapen(self, code: str, only: str = "") -> None:
        """Replace a costly character of a text, or all of them."""
        body = self[code].body.data or ""
        self[code].body.data = body.replace(only, sms_text.plain(only)) if only else sms_text.replaced(body)


def of(template: Template) -> TemplateForm:
    """The form as the template stands."""
    texts = {text.locale: {"subject": text.subject, "body": text.body} for text in template.texts}
    return TemplateForm(formdata=None, data={**_facts(template), **texts})


def _facts(template: Template) -> Mapping[str, Any]:
    names = ("name", "channel", "trigger", "enabled", "attach_appointment")
    return {name: getattr(template, name) for name in names}


def write(session: Session, template: Template, form: TemplateForm) -> None:
    """Keep what was typed; a text in HTML stays where its plain text does, and goes where that changes."""
    template.name, template.trigger, template.enabled = form.name.data, form.trigger.data, form.enabled.data
    template.attach_appointment = form.attach_appointment.data and template.channel is ChannelName.EMAIL
    old = {text.locale: Text(text.body, text.subject, text.html) for text in template.texts}
    others = {code: text for code, text in old.items() if code not in LANGUAGES}
    texts = {code: Text(text.body, text.subject, _html(old.get(code), text)) for code, text in form.texts.items()}
    templates.write(session, template, {**others, **texts})


def _html(old: Text | None, new: Text) -> str | None:
    return old.html if old and old.body == new.body else None


def facts(template: Template) -> Mapping[str, Any]:
    """What the audit log keeps of a template."""
    texts = {text.locale: {"subject": text.subject, "text": text.body} for text in template.texts}
    return {**{name: str(value) for name, value in _facts(template).items()}, "texts": texts}
