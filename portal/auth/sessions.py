"""How long a sign-in lasts: idle and absolute limits by role, and the key that ends all sessions of a person."""

import hmac
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask, session
from flask_login import login_user, logout_user

from portal.extensions import db, login
from portal.models import Role, User
from scheduling import clock

IDLE: Mapping[Role, timedelta] = {
    Role.ADMINISTRATOR: timedelta(minutes=30),
    Role.MANAGER: timedelta(hours=8),
    Role.DISPATCHER: timedelta(hours=8),
    Role.TECHNICIAN: timedelta(days=30),
}
ABSOLUTE = timedelta(hours=12)
"""Of everybody but technicians, whose device stays signed in."""
GRAIN = 60
"""Seconds between two notes of activity, so that not every answer sets a cookie."""


def init_app(app: Flask) -> None:
    """Hand the rules to Flask-Login."""
    app.config.update(PERMANENT_SESSION_LIFETIME=IDLE[Role.TECHNICIAN], SESSION_REFRESH_EACH_REQUEST=False)
    login.session_protection = None
    login.user_loader(load)


def begin(user: User) -> None:
    """Start a session from nothing: what was in the cookie before is gone."""
    session.clear()
    login_user(user)
    session.permanent = user.role is Role.TECHNICIAN
    session["since"] = session["seen"] = _stamp()


def end() -> None:
    """Forget the person."""
    logout_user()
    session.clear()


def load(identity: str) -> User | None:
    """The person a session belongs to, unless the session is over."""
    number, _, key = identity.partition(".")
    user = db.session.get(User, int(number))
    if user is None or not user.is_active or not hmac.compare_digest(user.session_key, key):
        return None
    return user if _lasts(user.role) else None


def touch() -> None:
    """Note that the person did something."""
    if _stamp() - session["seen"] >= GRAIN:
        session["seen"] = _stamp()


def _lasts(role: Role) -> bool:
    idle = _stamp() - int(session.get("seen", 0))
    age = _stamp() - int(session.get("since", 0))
    return idle < IDLE[role].total_seconds() and (role is Role.TECHNICIAN or age < ABSOLUTE.total_seconds())


def _stamp() -> int:
    return int(clock.now().timestamp())
