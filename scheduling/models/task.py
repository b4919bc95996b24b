"""What waits for a dispatcher."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.db import Base, enum_type
from scheduling.models.customer import Customer
from scheduling.models.visit import Visit


class TaskKind(StrEnum):
    """What the customer asked for."""

    WISH = "wish"
    CALL_BACK = "call_back"
    NOT_NEEDED = "not_needed"


class Task(Base):
    """A customer's request that somebody must look at; nothing is changed by itself."""

    __tablename__ = "task"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TaskKind] = mapped_column(enum_type(TaskKind))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    visit_id: Mapped[int | None] = mapped_column(ForeignKey("visit.id"), index=True)
    wishes: Mapped[list[Any]] = mapped_column(default=list)
    """Up to two: {"day": "2026-12-03", "part": "morning"}."""
    comment: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(100))
    customer: Mapped[Customer] = relationship()
    visit: Mapped[Visit | None] = relationship()
