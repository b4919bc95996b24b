"""The ways out of the building: one file each, and one line each in the registry here."""

from collections.abc import Callable, Mapping
from typing import Protocol

from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from notifications.channels.email import EmailChannel
from notifications.channels.sms import SmsChannel

CALLBACK_PATH = "/hooks/twilio/status"


class Settings(Protocol):
    """What the channels need to know of the installation."""

    @property
    def channels(self) -> str: ...
    @property
    def public_url(self) -> str: ...
    @property
    def twilio_account_sid(self) -> str: ...
    @property
    def twilio_auth_token(self) -> str: ...
    @property
    def twilio_from(self) -> str: ...
    @property
    def twilio_api_base(self) -> str: ...
    @property
    def smtp_url(self) -> str: ...
    @property
    def mail_from(self) -> str: ...


def _sms(settings: Settings) -> Channel | None:
    if not settings.twilio_account_sid:
        return None
    return SmsChannel(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.twilio_from,
        api_base=settings.twilio_api_base,
        callback_base=settings.public_url + CALLBACK_PATH,
    )


def _email(settings: Settings) -> Channel | None:
    return EmailChannel(settings.smtp_url, settings.mail_from) if settings.smtp_url else None


REGISTRY: Mapping[str, Callable[[Settings], Channel | None]] = {"sms": _sms, "email": _email}
"""How each channel is opened; None where the settings don't say how."""


def open_all(settings: Settings) -> dict[str, Channel]:
    """The channels that are set up, by name; with `CHANNELS=console` every one, and each only shows."""
    if settings.channels == "console":
        return {name: ConsoleChannel(name) for name in REGISTRY}
    opened = {name: opener(settings) for name, opener in REGISTRY.items()}
    return {name: channel for name, channel in opened.items() if channel is not None}
