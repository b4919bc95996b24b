"""People of the company who may come in: invited, changed, shut out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal import passwords
from portal.models import Role, User
from scheduling import clock


class StaffError(Exception):
    """The wish about a person can't be granted; nothing was changed."""


@dataclass
class AddressTaken(StaffError):
    """Somebody has the e-mail address already."""

    email: str


class LastAdministrator(StaffError):
    """Nobody would be left who can let people in."""


def everybody(session: Session) -> Sequence[User]:
    """All people, those who may come in first, by name."""
    return session.scalars(select(User).order_by(User.disabled_at.is_not(None), func.lower(User.name))).all()


def by_email(session: Session, email: str) -> User | None:
    """The person with the address, in whatever case it is written."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def invite(
    session: Session, *, email: str, name: str, role: Role, technician_id: int | None = None, told: bool = True
) -> User:
    """Add a person, who gets in after choosing a password by the link that is sent. Raises `AddressTaken`."""
    if by_email(session, email):
        raise AddressTaken(email)
    user = User(
        email=email.strip().lower(),
        name=name.strip(),
        role=role,
        technician_id=technician_id,
        told=told,
        session_key=_key(),
        created_at=clock.now(),
    )
    session.add(user)
    session.flush()
    return user


def edit(session: Session, user: User, *, name: str, role: Role, told: bool, technician_id: int | None) -> None:
    """Change what a person may do. Raises `LastAdministrator`."""
    if role is not Role.ADMINISTRATOR:
        _keep_one_administrator(session, user)
    user.name, user.role, user.told, user.technician_id = name.strip(), role, told, technician_id
    session.flush()


def disable(session: Session, user: User) -> None:
    """Shut a person out, at once and everywhere. Raises `LastAdministrator`."""
    _keep_one_administrator(session, user)
    user.disabled_at, user.session_key = clock.now(), _key()
    session.flush()


def enable(session: Session, user: User) -> None:
    """Let a person in again."""
    user.disabled_at = None
    session.flush()


def set_password(session: Session, user: User, password: str) -> None:
    """Store a password; every session and link of the person ends."""
    user.password_hash, user.session_key = passwords.digest(password), _key()
    session.flush()


def is_last_administrator(session: Session, user: User) -> bool:
    """Whether nobody else can let people in; who hasn't chosen a password yet doesn't count."""
    others = select(User.id).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None), User.id != user.id)
    rest = others.where(User.password_hash.is_not(None)) if user.password_hash else others
    return user.role is Role.ADMINISTRATOR and user.is_active and session.scalar(rest.limit(1)) is None


def _keep_one_administrator(session: Session, user: User) -> None:
    if is_last_administrator(session, user):
        raise LastAdministrator


def _key() -> str:
    return secrets.token_urlsafe(16)
