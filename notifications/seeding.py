"""The built-in templates and rules: put in once, then they belong to the company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import opt_out, templates
from notifications.models import Action, ChannelName, Rule, Template, Trigger
from notifications.templates import Text
from scheduling import clock, settings
from scheduling.models import Origin
from scheduling.settings import Group

FOLDER = Path(__file__).parent / "defaults"
PEOPLE = (Origin.STAFF, Origin.CUSTOMER, Origin.TECHNICIAN)
"""Built-in rules answer to people; not to imports, the API or other rules."""


class Seeded(Group):
    """What was put in already: something an administrator deleted doesn't come back."""

    key: ClassVar[str] = "seeded"

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltinTemplate:
    """A template whose texts lie in `defaults/<folder>/<channel>.<locale>.txt`."""

    name: str
    folder: str
    channel: ChannelName
    trigger: Trigger = Trigger.RULE
    attach_appointment: bool = False


@dataclass(frozen=True, slots=True)
class BuiltinAction:
    """A template, by name, to kinds of recipients."""

    template: str
    recipients: tuple[str, ...]
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class BuiltinRule:
    """An event that leads to actions."""

    key: str
    name: str
    event: str
    actions: tuple[BuiltinAction, ...]


SMS, EMAIL = ChannelName.SMS, ChannelName.EMAIL
CONFIRM_SMS, CONFIRM_EMAIL = "Confirm your appointment (SMS)", "Confirm your appointment (e-mail)"
CHOOSE_SMS, CHOOSE_EMAIL = "Without a time: choose one (SMS)", "Without a time: choose one (e-mail)"
NEW_SMS, NEW_EMAIL = "New appointment (SMS)", "New appointment (e-mail)"
CONFIRMED_SMS, CONFIRMED_EMAIL = "Staff: visit confirmed (SMS)", "Staff: visit confirmed (e-mail)"
MOVED_SMS, MOVED_EMAIL = "Staff: visit moved (SMS)", "Staff: visit moved (e-mail)"
TAKEN_SMS, TAKEN_EMAIL = "Staff: visit taken over (SMS)", "Staff: visit taken over (e-mail)"
GIVEN_SMS, GIVEN_EMAIL = "Staff: new visit (SMS)", "Staff: new visit (e-mail)"
WISH_EMAIL = "Staff: customer asks for help (e-mail)"

TEMPLATES: Sequence[BuiltinTemplate] = (
    BuiltinTemplate(CONFIRM_SMS, "confirm", SMS, Trigger.MANUAL),
    BuiltinTemplate(CONFIRM_EMAIL, "confirm", EMAIL, Trigger.MANUAL),
    BuiltinTemplate(CHOOSE_SMS, "choose", SMS, Trigger.MANUAL),
    BuiltinTemplate(CHOOSE_EMAIL, "choose", EMAIL, Trigger.MANUAL),
    BuiltinTemplate(NEW_SMS, "new_appointment", SMS),
    BuiltinTemplate(NEW_EMAIL, "new_appointment", EMAIL, attach_appointment=True),
    BuiltinTemplate(CONFIRMED_SMS, "staff_confirmed", SMS),
    BuiltinTemplate(CONFIRMED_EMAIL, "staff_confirmed", EMAIL),
    BuiltinTemplate(MOVED_SMS, "staff_rescheduled", SMS),
    BuiltinTemplate(MOVED_EMAIL, "staff_rescheduled", EMAIL),
    BuiltinTemplate(TAKEN_SMS, "staff_taken_over", SMS),
    BuiltinTemplate(TAKEN_EMAIL, "staff_taken_over", EMAIL),
    BuiltinTemplate(GIVEN_SMS, "staff_new_visit", SMS),
    BuiltinTemplate(GIVEN_EMAIL, "staff_new_visit", EMAIL),
    BuiltinTemplate(WISH_EMAIL, "staff_wish", EMAIL),
)
TECHNICIANS = ("technician", "previous_technician")
RULES: Sequence[BuiltinRule] = (
    BuiltinRule(
        "confirmed",
        "A customer confirmed: tell dispatchers and the technician",
        "visit.confirmed",
        (
            BuiltinAction(CONFIRMED_EMAIL, ("dispatchers", "technician")),
            BuiltinAction(CONFIRMED_SMS, ("technician",), otherwise=True),
        ),
    ),
    BuiltinRule(
        "rescheduled",
        "A visit was rescheduled: tell the customer, dispatchers and both technicians",
        "visit.rescheduled",
        (
            BuiltinAction(NEW_SMS, ("customer",)),
            BuiltinAction(NEW_EMAIL, ("customer",)),
            BuiltinAction(MOVED_EMAIL, ("dispatchers", *TECHNICIANS)),
            BuiltinAction(MOVED_SMS, TECHNICIANS, otherwise=True),
        ),
    ),
    BuiltinRule(
        "planned_time_changed",
        "We changed an appointment: tell a customer who knew of the old one",
        "visit.planned_time_changed",
        (BuiltinAction(NEW_SMS, ("told_customer",)), BuiltinAction(NEW_EMAIL, ("told_customer",))),
    ),
    BuiltinRule(
        "planned_time_changed_staff",
        "We changed an appointment: tell both technicians",
        "visit.planned_time_changed",
        (BuiltinAction(MOVED_EMAIL, TECHNICIANS), BuiltinAction(MOVED_SMS, TECHNICIANS, otherwise=True)),
    ),
    BuiltinRule(
        "technician_changed",
        "Another technician takes a visit over: tell both",
        "visit.technician_changed",
        (
            BuiltinAction(TAKEN_EMAIL, ("previous_technician",)),
            BuiltinAction(TAKEN_SMS, ("previous_technician",), otherwise=True),
            BuiltinAction(GIVEN_EMAIL, ("technician",)),
            BuiltinAction(GIVEN_SMS, ("technician",), otherwise=True),
        ),
    ),
    BuiltinRule(
        "wish_expressed",
        "A customer asks for help: tell dispatchers",
        "visit.wish_expressed",
        (BuiltinAction(WISH_EMAIL, ("dispatchers",)),),
    ),
)


def seed(session: Session) -> None:
    """Put in what was never put in before."""
    opt_out.prepare(session)
    seeded = settings.load(session, Seeded)
    names = set(seeded.names)
    for template in TEMPLATES:
        if template.name not in names:
            _add_template(session, template)
    for rule in RULES:
        if rule.key not in names:
            _add_rule(session, rule)
    everything = {item.name for item in TEMPLATES} | {item.key for item in RULES}
    if everything - names:
        settings.save(session, Seeded(names=tuple(sorted(names | everything))))


def texts(folder: str, channel: ChannelName) -> Mapping[str, Text]:
    """The built-in texts by locale; the first line of an e-mail is its subject."""
    found: dict[str, Text] = {}
    for path in sorted((FOLDER / folder).glob(f"{channel}.*.txt")):
        content = path.read_text(encoding="utf-8")
        subject, _, body = content.partition("\n\n") if channel is EMAIL else ("", "", content)
        found[path.suffixes[0].removeprefix(".")] = Text(body.strip(), subject.strip())
    return found


def _add_template(session: Session, template: BuiltinTemplate) -> None:
    if session.scalar(select(Template.id).where(Template.name == template.name)) is not None:
        return
    templates.create(
        session,
        template.name,
        template.channel,
        texts(template.folder, template.channel),
        trigger=template.trigger,
        attach_appointment=template.attach_appointment,
    )


def _add_rule(session: Session, builtin: BuiltinRule) -> None:
    if session.scalar(select(Rule.id).where(Rule.key == builtin.key)) is not None:
        return
    rule = Rule(key=builtin.key, name=builtin.name, event=builtin.event, active_from=clock.now(), origins=list(PEOPLE))
    for position, action in enumerate(builtin.actions):
        template = session.scalars(select(Template).where(Template.name == action.template)).one_or_none()
        if template is not None:
            rule.actions.append(
                Action(
                    position=position,
                    template=template,
                    recipients=list(action.recipients),
                    otherwise=action.otherwise,
                )
            )
    session.add(rule)
    session.flush()
