"""Signed links for staff: one that signs in, once; one that lets a password be chosen, until it is."""

import hmac
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy.orm import Session

from portal import links
from portal.models import User
from scheduling import clock

SIGN_IN, PASSWORD = "sign-in", "password"
SIGN_IN_LASTS = timedelta(hours=12)
PASSWORD_LASTS = timedelta(days=3)


def sign_in_url(user: User) -> str:
    """The address that signs the person in once, for whoever runs commands on the portal's machine."""
    return f"{current_app.config['PORTAL'].public_url}/sign-in/{_make(user, SIGN_IN)}"


def password_url(user: User) -> str:
    """The address behind which the person chooses a password."""
    return f"{current_app.config['PORTAL'].public_url}/password/{_make(user, PASSWORD)}"


def sign_in_bearer(session: Session, token: str) -> User | None:
    """Whom the link signs in, unless it is too old or the person has signed in since it was made."""
    user, made = _open(session, token, SIGN_IN)
    if user is None or clock.now() - made > SIGN_IN_LASTS:
        return None
    return user if user.signed_in_at is None or user.signed_in_at < made else None


def password_bearer(session: Session, token: str) -> User | None:
    """Whose password the link lets be chosen, unless it is too old or the password has changed since."""
    user, made = _open(session, token, PASSWORD)
    return user if user and clock.now() - made <= PASSWORD_LASTS else None


def _make(user: User, purpose: str) -> str:
    return links.sign(f"{user.id}|{clock.now().isoformat()}|{user.session_key}", purpose)


def _open(session: Session, token: str, purpose: str) -> tuple[User | None, datetime]:
    """The person, if the link was signed for the purpose and he may still come in, and when it was made."""
    try:
        number, made, key = links.unsign(token, purpose).split("|")
    except links.BadToken:
        return None, datetime.min.replace(tzinfo=UTC)
    user = session.get(User, int(number))
    holds = user is not None and user.is_active and hmac.compare_digest(user.session_key, key)
    return (user if holds else None), datetime.fromisoformat(made)
