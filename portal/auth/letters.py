"""Mail about somebody's own sign-in: it carries a secret link, so it never lies in the outbox."""

from dataclasses import dataclass
from logging import Logger
from threading import Thread

from flask import current_app

from notifications import channels
from notifications.channels.base import Channel, ChannelError, Outcome, Outgoing
from notifications.reasons import Reason
from portal.auth import tickets
from portal.config import Config
from portal.models import User
from scheduling import clock


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one member of staff."""

    to: str
    subject: str
    body: str


def invitation(user: User) -> Letter:
    """Asks a new person to choose a password."""
    return Letter(
        user.email,
        "Your access to the visit portal",
        f"Hello {user.name},\n\nyou can now sign in to the visit portal. Choose a password here, within three days:\n"
        f"{tickets.password_url(user)}\n",
    )


def reset(user: User) -> Letter:
    """Lets a person choose a new password."""
    return Letter(
        user.email,
        "A new password for the visit portal",
        f"Hello {user.name},\n\nchoose a new password here, within three days:\n{tickets.password_url(user)}\n\n"
        "You didn't ask for it? Then leave it: your password stays as it is.\n",
    )


def send(letter: Letter) -> None:
    """Hand the letter over now. Raises `ChannelError`."""
    _hand_over(_channel(), letter)


def send_later(letter: Letter) -> None:
    """Hand it over in the background, so that the answer takes as long as where there is nothing to send."""
    Thread(target=_try, args=(_channel(), letter, current_app.logger), daemon=True).start()


def arrive() -> bool:
    """Whether letters leave the machine; otherwise their links must be handed over by hand."""
    config: Config = current_app.config["PORTAL"]
    return config.channels == "live" and bool(config.smtp_url)


def _channel() -> Channel | None:
    return channels.open_all(current_app.config["PORTAL"]).get("email")


def _try(channel: Channel | None, letter: Letter, logger: Logger) -> None:
    try:
        _hand_over(channel, letter)
    except ChannelError as error:
        logger.warning("a letter to a member of staff was not sent: %s", error)


def _hand_over(channel: Channel | None, letter: Letter) -> None:
    if channel is None:
        raise ChannelError(Outcome.PERMANENT, Reason.NO_CHANNEL)
    channel.send(Outgoing(message_id=0, recipient=letter.to, subject=letter.subject, body=letter.body, at=clock.now()))
