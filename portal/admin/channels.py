"""The ways out: how each is doing, what is stopped and why, what went wrong last, and a test to oneself."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TelField

from notifications import channel_health, channels, lanes, log
from notifications.channel_health import Health
from notifications.models import ChannelName, Message
from notifications.reasons import sentence
from notifications.templates import Text
from portal import audit, auth
from portal.admin import template_editor, templates
from portal.audit import Area
from portal.config import Config
from portal.engine import work
from portal.extensions import db
from portal.forms import Form, phone_number, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling import contacts

blueprint = Blueprint("channels", __name__)

REFUSAL = 422
SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
TESTS = {
    ChannelName.SMS: Text("{{ company.name }}: this SMS is a test of the portal."),
    ChannelName.EMAIL: Text(
        "This e-mail was sent from the settings of the portal to see whether e-mail works. It does.\n\n"
        "{{ company.name }}",
        "the portal’s e-mail works",
    ),
}


class NumberForm(Form):
    """Where a test SMS goes if the person has no phone on file."""

    number = TelField("Your number", [phone_number], [stripped])


@dataclass(frozen=True, slots=True)
class Way:
    """A channel as the page shows it; never a secret."""

    health: Health
    sender: str
    provider: str
    warning: str


@blueprint.get("/settings/channels")
@auth.requires(Role.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """The state of each, and what became of a test."""
    return _page(NumberForm(formdata=None))


@blueprint.post("/settings/channels/<name>/release")
@auth.requires(Role.ADMINISTRATOR)
def release(name: str) -> ResponseReturnValue:
    """Let messages out again."""
    with transaction() as session:
        lanes.release(session, name)
        audit.record(session, auth.actor(), "released", Area.CHANNEL, name)
    flash("Sending is released; what waited goes out now.")
    return redirect(url_for(".index"))


@blueprint.post("/settings/channels/<name>/test")
@auth.requires(Role.ADMINISTRATOR)
def test(name: str) -> ResponseReturnValue:
    """Send a test to whoever is signed in."""
    channel = ChannelName(name) if name in set(ChannelName) else abort(404)
    form = NumberForm()
    valid = form.validate_on_submit()
    to = templates.yourself(form.number.data if valid else None)
    if channel is ChannelName.SMS and not to.phone and not form.number.errors:
        form.number.errors = ["Type the number that the test goes to."]
    if form.number.errors:
        return _page(form), REFUSAL
    with transaction() as session:
        number = templates.send_trial(session, TESTS[channel], channel, to, "en")
    return redirect(url_for(".index", tested=number))


def _page(form: NumberForm) -> str:
    config: Config = current_app.config["PORTAL"]
    opened = channels.open_all(config)
    shown_only = config.channels == "console"
    session = db.session()
    health = (
        channel_health.of(session, channel, set_up=channel in opened, shown_only=shown_only) for channel in ChannelName
    )
    return render_template(
        "admin/channels.html",
        ways=[_way(each, config) for each in health],
        shown_only=shown_only,
        errors=log.last_errors(session),
        sentence=sentence,
        why_stopped=channel_health.why_stopped,
        pulse=work.last_pulse(session),
        tested=_tested(request.args.get("tested", type=int)),
        to=templates.yourself(),
        form=form,
        zone=template_editor.setting(session).location.zone,
    )


def _tested(message_id: int | None) -> Message | None:
    """A test of whoever is signed in."""
    message = db.session.get(Message, message_id) if message_id else None
    return message if message and message.party == f"user:{auth.person().id}" else None


def _way(health: Health, config: Config) -> Way:
    if health.channel is ChannelName.SMS:
        host = urlsplit(config.twilio_api_base).hostname or ""
        return Way(health, _sms_sender(config.twilio_from), host, warning(config.twilio_from))
    return Way(
        health, parseaddr(config.mail_from)[1] and config.mail_from, urlsplit(config.smtp_url).hostname or "", ""
    )


def _sms_sender(sender: str) -> str:
    if sender.startswith("MG"):
        return "a messaging service, which chooses the number"
    return contacts.spaced(sender) if _is_number(sender) else sender


def _is_number(sender: str) -> bool:
    return sender.lstrip("+").isdigit()


def warning(sender: str) -> str:
    """What is to be known of a sender that is a name; empty for numbers and services."""
    if not sender or sender.startswith("MG") or _is_number(sender):
        return ""
    if not SENDER_NAME.fullmatch(sender):
        return f"“{sender}” can’t be a sender: a name has at most 11 letters and digits, one letter at least."
    return (
        "The sender is a name, and a name can’t receive replies: customers can neither confirm nor say STOP by "
        "answering. Use a number where they should."
    )
