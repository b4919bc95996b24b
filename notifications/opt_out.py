"""Addresses that said STOP: kept as keyed hashes, so that erasing the person keeps the word."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notifications import upsert
from notifications.models import ChannelName, OptOut
from scheduling import clock, settings
from scheduling.settings import Group


class Key(Group):
    """The key of the hashes. It is the installation's own and never changes: with another one every word were lost."""

    key: ClassVar[str] = "opt_out"

    secret: str = ""


def prepare(session: Session) -> None:
    """Make the key, once."""
    if not settings.load(session, Key).secret:
        settings.save(session, Key(secret=secrets.token_hex(32)))


def add(session: Session, channel: ChannelName, address: str) -> None:
    """Nothing is sent to the address by this channel from now on. Twice is once."""
    prepare(session)
    values = {"channel": channel, "digest": _digest(_secret(session), address), "at": clock.now()}
    session.execute(upsert.insert_or_ignore(session, OptOut, values))


def remove(session: Session, channel: ChannelName, address: str) -> None:
    """The recipient said START."""
    session.execute(
        delete(OptOut).where(OptOut.channel == channel, OptOut.digest == _digest(_secret(session), address))
    )


def among(session: Session, channel: ChannelName, addresses: Sequence[str]) -> frozenset[str]:
    """Those of the addresses that opted out of the channel."""
    secret = _secret(session)
    digests = {_digest(secret, address): address for address in addresses if address}
    kept: set[str] = set()
    listed = list(digests)
    for start in range(0, len(listed), 500):
        some = listed[start : start + 500]
        kept.update(session.scalars(select(OptOut.digest).where(OptOut.channel == channel, OptOut.digest.in_(some))))
    return frozenset(digests[digest] for digest in kept)


def _secret(session: Session) -> bytes:
    return settings.load(session, Key).secret.encode()


def _digest(secret: bytes, address: str) -> str:
    return hmac.new(secret, address.strip().lower().encode(), hashlib.sha256).hexdigest()
