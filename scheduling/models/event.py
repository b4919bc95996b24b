"""What has happened to the planning: audit trail, feed and cursor in one table."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base, enum_type


class Origin(StrEnum):
    """Who or what caused an event."""

    STAFF = "staff"
    CUSTOMER = "customer"
    TECHNICIAN = "technician"
    IMPORT = "import"
    API = "api"
    RULE = "rule"
    SYSTEM = "system"


class Event(Base):
    """A fact, in the past tense, with ids and facts only."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int | None] = mapped_column(unique=True)
    """The cursor: given after the commit, by one stamper at a time, because ids aren't in the order of commits."""
    kind: Mapped[str] = mapped_column(String(64))
    origin: Mapped[Origin] = mapped_column(enum_type(Origin))
    actor: Mapped[str] = mapped_column(String(100))
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    route_id: Mapped[int | None] = mapped_column(ForeignKey("route.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    payload: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    expanded_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str | None] = mapped_column(Text)
    """What went wrong when the rules were tried; set aside after five tries."""
