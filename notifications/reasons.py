"""Why a message wasn't sent, or didn't arrive: sentences that a dispatcher understands."""

from collections.abc import Mapping
from enum import StrEnum


class Reason(StrEnum):
    """Stored with a message; the sentence stands in `SENTENCES`."""

    NO_NUMBER = "no_number"
    BAD_NUMBER = "bad_number"
    PREMIUM_NUMBER = "premium_number"
    FOREIGN_NUMBER = "foreign_number"
    NO_EMAIL = "no_email"
    BAD_EMAIL = "bad_email"
    NO_CONSENT = "no_consent"
    OPTED_OUT = "opted_out"
    NO_CHANNEL = "no_channel"
    NOT_PLANNED = "not_planned"
    PAST = "past"
    SUPERSEDED = "superseded"
    RULE_OFF = "rule_off"
    TEMPLATE_OFF = "template_off"
    TEMPLATE_BROKEN = "template_broken"
    LINK_GONE = "link_gone"
    TOO_LATE = "too_late"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    STOPPED = "stopped"
    BAD_TEXT = "bad_text"
    LANDLINE = "landline"
    UNREACHABLE = "unreachable"
    NOT_IN_SERVICE = "not_in_service"
    CARRIER_REFUSED = "carrier_refused"
    REGION_OFF = "region_off"
    CALLBACK_URL = "callback_url"
    CREDENTIALS = "credentials"
    BUSY = "busy"
    NO_CONNECTION = "no_connection"
    NO_TLS = "no_tls"
    REFUSED = "refused"
    GAVE_UP = "gave_up"
    NO_ANSWER = "no_answer"
    NOT_SENT = "not_sent"
    NEVER_KNOWN = "never_known"


R = Reason
SENTENCES: Mapping[Reason, str] = {
    R.NO_NUMBER: "No phone number is on file.",
    R.BAD_NUMBER: "The phone number isn't valid; it must be in international format, such as +33611223344.",
    R.PREMIUM_NUMBER: "The number is a premium-rate or short number.",
    R.FOREIGN_NUMBER: "The number is in a country that SMS are not sent to.",
    R.NO_EMAIL: "No e-mail address is on file.",
    R.BAD_EMAIL: "The e-mail address isn't valid.",
    R.NO_CONSENT: "The customer hasn't agreed to messages by this channel.",
    R.OPTED_OUT: "The recipient said STOP.",
    R.NO_CHANNEL: "This channel isn't set up.",
    R.NOT_PLANNED: "The visit isn't planned.",
    R.PAST: "The visit is past.",
    R.SUPERSEDED: "The appointment changed before the message went out.",
    R.RULE_OFF: "The rule was switched off or changed.",
    R.TEMPLATE_OFF: "The template was switched off or deleted.",
    R.TEMPLATE_BROKEN: "The template couldn't be filled in.",
    R.LINK_GONE: "The link had expired or was revoked.",
    R.TOO_LATE: "The message would have come too late.",
    R.TOO_LONG: "The text takes more SMS segments than allowed.",
    R.TOO_MANY: "The recipient or the day has had as many messages as allowed.",
    R.STOPPED: "The sending was stopped.",
    R.BAD_TEXT: "The text holds characters that can't be sent.",
    R.LANDLINE: "The number can't receive SMS, perhaps a landline.",
    R.UNREACHABLE: "The phone couldn't be reached; it may be switched off.",
    R.NOT_IN_SERVICE: "The number isn't in service.",
    R.CARRIER_REFUSED: "The carrier filtered the message.",
    R.REGION_OFF: "SMS to this country aren't enabled at the provider.",
    R.CALLBACK_URL: "The provider can't reach the portal's public address.",
    R.CREDENTIALS: "The provider refused our credentials; messages wait until an administrator mends them.",
    R.BUSY: "The provider asked to wait.",
    R.NO_CONNECTION: "The provider couldn't be reached.",
    R.NO_TLS: "The mail server offers no encrypted connection.",
    R.REFUSED: "The provider refused the message.",
    R.GAVE_UP: "Every attempt failed; no more are made.",
    R.NO_ANSWER: "The provider gave no answer: it may or may not have been sent. We are finding out.",
    R.NOT_SENT: "The provider has no record of it: it wasn't sent.",
    R.NEVER_KNOWN: "It could not be found out whether it was sent.",
}


IN_SHORT: Mapping[Reason, str] = {
    R.NO_NUMBER: "no number",
    R.BAD_NUMBER: "bad format",
    R.PREMIUM_NUMBER: "premium number",
    R.FOREIGN_NUMBER: "country not allowed",
    R.NO_EMAIL: "no e-mail address",
    R.BAD_EMAIL: "bad e-mail address",
    R.NO_CONSENT: "no consent",
    R.OPTED_OUT: "said STOP",
    R.NO_CHANNEL: "channel not set up",
    R.NOT_PLANNED: "not ahead any more",
    R.PAST: "past",
    R.TEMPLATE_BROKEN: "template broken",
    R.TOO_LONG: "too long",
}
"""Why customers can't be told, as it stands after their number: `5 no number`."""


def sentence(reason: str | None) -> str:
    """What a dispatcher reads; an unknown reason is shown as it is."""
    if not reason:
        return ""
    return SENTENCES[Reason(reason)] if reason in SENTENCES else reason
