"""The portal's own tables: who may come in, what they changed, and the company's logo."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type
from scheduling.models import Technician


class Role(StrEnum):
    """What a person may do; each can do what those below it can, but for technicians."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    DISPATCHER = "dispatcher"
    TECHNICIAN = "technician"


class User(Base):
    """A member of staff."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case."""
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    phone: Mapped[str | None] = mapped_column(String(32))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """None until the invitation is taken up."""
    technician_id: Mapped[int | None] = mapped_column(ForeignKey("technician.id"))
    session_key: Mapped[str] = mapped_column(String(32))
    """Part of every session and link of the person; a new one ends them all."""
    told: Mapped[bool] = mapped_column(default=True)
    """Whether notifications for dispatchers reach this person by e-mail."""
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    """A sign-in link that was made before this is used up."""
    disabled_at: Mapped[datetime | None]
    technician: Mapped[Technician | None] = relationship()

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the person may come in."""
        return self.disabled_at is None

    def get_id(self) -> str:
        """What a session remembers: the person, and the key that ends all his sessions when it changes."""
        return f"{self.id}.{self.session_key}"

    @property
    def invited(self) -> bool:
        """Whether the person hasn't chosen a password yet."""
        return self.password_hash is None


class ApiKey(Base):
    """A key of another system of the company; only its hash is kept."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class AuditEntry(Base):
    """Somebody changed how the portal works: settings, texts, people, records. The planning has its events."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(100))
    """As in an event: `user:1`, `system:command`."""
    action: Mapped[str] = mapped_column(String(32))
    """What was done: `created`, `changed`, `deleted`, and the like."""
    area: Mapped[str] = mapped_column(String(32), index=True)
    """What it was done to: `link`, `template`, `person`, and the like."""
    subject: Mapped[str] = mapped_column(String(200), default="")
    """Its name at the time."""
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Before and after by field: {"max_detour_km": [10, 15]}; never a secret."""


class Picture(Base):
    """A picture of the company, made anew by us from what was uploaded."""

    __tablename__ = "picture"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    """Of the content, for addresses that may be kept for ever."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """PNG."""
    width: Mapped[int]
    height: Mapped[int]
    changed_at: Mapped[datetime]
