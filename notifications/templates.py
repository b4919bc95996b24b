"""Templates as staff keep them: checked when saved, chosen by language, shown with samples."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from notifications import catalogue, language
from notifications.errors import TemplateInUse, TemplateInvalid
from notifications.models import Action, ChannelName, Message, Rule, Template, TemplateText, Trigger
from scheduling import clock

SINGLE = re.compile(r"(?<!\{)\{\s*([a-z][a-z0-9_.]*)\s*\}(?!\})")
"""What somebody took for a variable."""


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


@dataclass(frozen=True, slots=True)
class Use:
    """Where a template is used: the rules that send it, and the messages that were made of it."""

    rules: Sequence[str] = ()
    messages: int = 0
    last: datetime | None = None

    @property
    def none(self) -> bool:
        """Whether nobody would miss it."""
        return not self.rules and not self.messages


def uses(session: Session) -> Mapping[int, Use]:
    """How every template that is used is used, by its id."""
    rules: dict[int, list[str]] = defaultdict(list)
    named = select(Action.template_id, Rule.name).join(Rule, Action.rule_id == Rule.id).order_by(Rule.name).distinct()
    for template_id, name in session.execute(named):
        rules[template_id].append(name)
    counted = select(Message.template_id, func.count(), func.max(Message.created_at)).group_by(Message.template_id)
    made = {template_id: (count, last) for template_id, count, last in session.execute(counted) if template_id}
    return {key: Use(rules.get(key, ()), *made.get(key, (0, None))) for key in rules.keys() | made.keys()}


def duplicate(session: Session, template: Template) -> Template:
    """The same under another name, switched off until somebody has looked at it."""
    names = set(session.scalars(select(Template.name)))
    copies = (f"{template.name[:80]} (copy{'' if n == 1 else f' {n}'})" for n in count(1))
    copy = create(
        session,
        next(name for name in copies if name not in names),
        template.channel,
        {text.locale: Text(text.body, text.subject, text.html) for text in template.texts},
        trigger=template.trigger,
        attach_appointment=template.attach_appointment,
    )
    copy.enabled = False
    session.flush()
    return copy


def delete(session: Session, template: Template) -> None:
    """Take it out. Raises `TemplateInUse` where a rule or a message holds it."""
    use = uses(session).get(template.id, Use())
    if not use.none:
        raise TemplateInUse(template.name)
    session.delete(template)
    session.flush()


def check(channel: ChannelName, texts: Mapping[str, Text]) -> None:
    """Raises `TemplateInvalid` with a sentence that names the language and the place."""
    if not texts:
        raise TemplateInvalid("A text in at least one language is needed.")
    for locale, text in texts.items():
        for reason in faults(channel, text).values():
            raise TemplateInvalid(f"{locale}: {reason}")


def faults(channel: ChannelName, text: Text) -> Mapping[str, str]:
    """What is wrong with a text, a sentence by field: `subject`, `body`, `html`."""
    judged = {"subject": _subject_fault(channel, text.subject), "body": _body_fault(text.body)}
    if text.html:
        judged["html"] = _fault(text.html, html=True)
    return {field: reason for field, reason in judged.items() if reason}


def _subject_fault(channel: ChannelName, subject: str) -> str:
    if channel is ChannelName.EMAIL and not subject.strip():
        return "An e-mail needs a subject."
    if "\n" in subject or "\r" in subject:
        return "The subject must be one line."
    return _fault(subject)


def _body_fault(body: str) -> str:
    return _fault(body) if body.strip() else "The text is empty."


def _single_braces(source: str) -> str:
    for found in SINGLE.finditer(source):
        if catalogue.lookup(found[1]):
            return f"“{found[0]}” would be sent as it stands. A variable has two braces: “{{{{ {found[1]} }}}}”."
    return ""


def _fault(source: str, *, html: bool = False) -> str:
    try:
        language.compiled(source, html=html)
    except TemplateInvalid as error:
        return error.reason
    return _single_braces(source)


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
    found = language_of(by_locale, *wanted)
    return by_locale[found] if found else None


def language_of(there: Collection[str], *wanted: str | None) -> str | None:
    """Which of the languages that a text is there in is used for somebody who wants others; None where there is none.

    >>> language_of(["en", "de"], "fr", "de-CH")
    'de'
    """
    for locale in (*wanted, "en"):
        for name in (locale or "", re.split("[-_]", locale or "")[0]):
            if name in there:
                return name
    return next(iter(there), None)
