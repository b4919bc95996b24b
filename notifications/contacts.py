"""Whether somebody can be reached by a channel, and if not, why."""

import re
from collections.abc import Container
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType

from notifications.company import SmsLimits
from notifications.context import Party
from notifications.models import ChannelName
from notifications.reasons import Reason

EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z0-9-]{2,}")
COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


def obstacle(
    party: Party, channel: ChannelName, *, opted_out: Container[str] = (), limits: SmsLimits | None = None
) -> Reason | None:
    """Why the party can't be reached by the channel; None if it can. Consent binds messages to customers only."""
    address = party.address(channel)
    trouble = _number(address, limits or SmsLimits()) if channel is ChannelName.SMS else _email(address)
    if trouble:
        return trouble
    if address in opted_out:
        return Reason.OPTED_OUT
    if party.customer is not None and not party.customer.allows(channel):
        return Reason.NO_CONSENT
    return None


def _email(address: str) -> Reason | None:
    if not address:
        return Reason.NO_EMAIL
    return None if len(address) <= 254 and EMAIL.fullmatch(address) else Reason.BAD_EMAIL


def _number(number: str, limits: SmsLimits) -> Reason | None:
    if not number:
        return Reason.NO_NUMBER
    kind, country = _read(number)
    if kind is None:
        return Reason.BAD_NUMBER
    if kind in COSTLY:
        return Reason.PREMIUM_NUMBER
    return Reason.FOREIGN_NUMBER if limits.countries and country not in limits.countries else None


@lru_cache(maxsize=4096)
def _read(number: str) -> tuple[int | None, str | None]:
    """The kind and the country of a number in E.164; no kind where it isn't one."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None, None
    plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if plain != number or not phonenumbers.is_valid_number(parsed):
        return None, None
    return phonenumbers.number_type(parsed), phonenumbers.region_code_for_number(parsed)
