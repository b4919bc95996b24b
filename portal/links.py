"""Signed texts: the links of customers and of staff, and the nonces in customers' forms. Only this file signs."""

import hashlib
import hmac
import re

from flask import current_app
from itsdangerous import BadSignature, Signer
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.signer import SigningAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.models import Invitation
from portal.config import Config

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LENGTH, KEY_BYTES, MAC_BYTES = 24, 5, 12
TOKEN = re.compile(f"[0-9A-Za-z]{{{LENGTH}}}", re.ASCII)
NONCE = re.compile(r"[0-9A-Za-z_-]{16}", re.ASCII)
SIGNED = re.compile(r"[0-9A-Za-z_-]{0,512}\.[0-9A-Za-z_-]{16}", re.ASCII)
"""itsdangerous skips characters it doesn't know, so what it is given must have none of them."""


class BadToken(Exception):
    """The text wasn't signed here for this purpose, or was changed since."""


class Truncated(SigningAlgorithm):
    """HMAC-SHA256, its first 96 bits: short enough for an SMS, whole in base 64, so that no bit of it is slack."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """The signature, 12 bytes."""
        return hmac.digest(key, value, hashlib.sha256)[:MAC_BYTES]


class PortalLinks:
    """The addresses of customers' pages: 40 random bits that name the invitation and 96 that sign them, in base 62."""

    def __init__(self, config: Config) -> None:
        self._public_url = config.public_url
        self._signer = _signer(config, "invitation")

    def invitation(self, invitation: Invitation) -> str:
        """The absolute URL of the customer's page."""
        return f"{self._public_url}/c/{self.token(invitation)}"

    def token(self, invitation: Invitation) -> str:
        """The 24 characters that let the customer in."""
        key = invitation.key.to_bytes(KEY_BYTES)
        return _to_base62(key + base64_decode(self._signer.get_signature(key)))

    def key(self, token: str) -> int:
        """Which invitation a token names, without asking the database. Raises `BadToken`."""
        if not TOKEN.fullmatch(token):
            raise BadToken
        signed = _from_base62(token)
        key, mac = signed[:KEY_BYTES], signed[KEY_BYTES:]
        if _to_base62(signed) != token or not self._signer.verify_signature(key, base64_encode(mac)):
            raise BadToken
        return int.from_bytes(key)


def of_this_portal() -> PortalLinks:
    """The links of the application that answers."""
    return PortalLinks(current_app.config["PORTAL"])


def open_invitation(session: Session, token: str) -> Invitation:
    """The invitation behind a token, expired and revoked ones too.

    Raises `BadToken`, for a token that isn't ours before any query.
    """
    key = of_this_portal().key(token)
    invitation = session.scalar(select(Invitation).where(Invitation.key == key))
    if invitation is None:
        raise BadToken
    return invitation


def nonce(invitation: Invitation, action: str, generation: str) -> str:
    """What a customer's form carries: the word that this portal showed this action for this promise on this link."""
    signer = _signer(current_app.config["PORTAL"], "customer-form")
    return signer.get_signature(_form(invitation, action, generation)).decode()


def nonce_fits(text: str, invitation: Invitation, action: str, generation: str) -> bool:
    """Whether the nonce was made for exactly these, with any key still in force."""
    signer = _signer(current_app.config["PORTAL"], "customer-form")
    return bool(NONCE.fullmatch(text)) and signer.verify_signature(_form(invitation, action, generation), text)


def sign(text: str, purpose: str) -> str:
    """The text with a signature that holds for one purpose, fit for a URL; the text stays readable."""
    return _signer(current_app.config["PORTAL"], purpose).sign(base64_encode(text)).decode()


def unsign(signed: str, purpose: str) -> str:
    """The text that was signed for the purpose. Raises `BadToken`."""
    if not SIGNED.fullmatch(signed):
        raise BadToken
    try:
        return base64_decode(_signer(current_app.config["PORTAL"], purpose).unsign(signed)).decode()
    except BadSignature:
        raise BadToken from None


def _signer(config: Config, purpose: str) -> Signer:
    """Signs with the newest key and accepts every listed one; itsdangerous wants the newest last."""
    return Signer(
        list(reversed(config.secret_keys)),
        salt=f"portal.{purpose}",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
        algorithm=Truncated(),
    )


def _form(invitation: Invitation, action: str, generation: str) -> str:
    return f"{invitation.key}|{action}|{generation}"


def _to_base62(value: bytes) -> str:
    number, text = int.from_bytes(value), ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text


def _from_base62(text: str) -> bytes:
    """17 bytes; what lies above them is cut off, so that encoding it again gives another text."""
    number = 0
    for character in text:
        number = number * len(DIGITS) + DIGITS.index(character)
    size = KEY_BYTES + MAC_BYTES
    return int.to_bytes(number % 256**size, size)
