"""How passwords are kept."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def digest(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the one that was stored; takes as long where none is."""
    try:
        return _hasher.verify(stored or _nobody, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False
