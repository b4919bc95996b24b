"""Who is visited, how they may be reached, and where."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type


class ConsentChannel(StrEnum):
    """A way of writing to a customer that needs his consent."""

    SMS = "sms"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    VIBER = "viber"
    TELEGRAM = "telegram"


class Customer(Base):
    """A person or a company that is visited."""

    __tablename__ = "customer"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    phone: Mapped[str | None] = mapped_column(String(32), index=True)
    """E.164 where it could be read; otherwise as it was given, so that somebody can mend it."""
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str | None] = mapped_column(String(16))
    """The language of pages and messages; None means the location's."""
    custom: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    consents: Mapped[list["Consent"]] = relationship(back_populates="customer", cascade="all, delete-orphan")
    sites: Mapped[list["Site"]] = relationship(back_populates="customer", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    def allows(self, channel: str) -> bool:
        """Whether the customer ticked the channel; nothing is sent without it."""
        return any(consent.granted and consent.channel == channel for consent in self.consents)


class Consent(Base):
    """The customer's word about one channel, with who recorded it and when."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("customer_id", "channel"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"))
    channel: Mapped[ConsentChannel] = mapped_column(enum_type(ConsentChannel))
    granted: Mapped[bool]
    by: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    customer: Mapped[Customer] = relationship(back_populates="consents")


class Site(Base):
    """A place of a customer where visits happen."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(Text, default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    """Both in degrees of WGS 84; None while nobody knows them: then no slot can be offered."""
    customer: Mapped[Customer] = relationship(back_populates="sites")

    @property
    def located(self) -> bool:
        """Whether the place is known."""
        return self.lat is not None and self.lon is not None
