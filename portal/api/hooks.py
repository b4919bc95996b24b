"""Where providers call back. No session and no key: the provider's signature lets it in."""

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from notifications import inbound
from notifications.channels import CALLBACK_PATH
from notifications.channels.base import Report
from notifications.channels.sms import genuine
from portal.config import Config
from portal.extensions import csrf
from portal.transaction import transaction

LONGEST = 64 * 1024
blueprint = Blueprint("hooks", __name__)
csrf.exempt(blueprint)


@blueprint.post(f"{CALLBACK_PATH}/<int:message_id>")
def twilio_status(message_id: int) -> ResponseReturnValue:
    """What became of an SMS: kept as it came, any number of copies, and answered without a word."""
    config: Config = current_app.config["PORTAL"]
    request.max_content_length = LONGEST
    fields, signature = request.form, request.headers.get("X-Twilio-Signature", "")
    url = f"{config.public_url}{CALLBACK_PATH}/{message_id}"
    if not config.twilio_auth_token or not genuine(config.twilio_auth_token, url, fields, signature):
        return "", 403
    told = Report(
        provider_id=fields.get("MessageSid", "")[:64],
        status=fields.get("MessageStatus", ""),
        code=fields.get("ErrorCode", "")[:32] or None,
    )
    with transaction() as session:
        inbound.report(session, message_id, told)
    return "", 204
