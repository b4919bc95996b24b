"""What the importer remembers: what the last document said, where it disagreed, and where addresses are."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.db import Base


class DocumentRecord(Base):
    """What the last planning document said about a record, field by field, as the document wrote it."""

    __tablename__ = "document_record"
    __table_args__ = (UniqueConstraint("kind", "ref"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    ref: Mapped[str] = mapped_column(String(140))
    fields: Mapped[dict[str, Any]]


class Conflict(Base):
    """A field that a document and the portal both changed; the portal's value stands until somebody decides."""

    __tablename__ = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    ref: Mapped[str] = mapped_column(String(140))
    field: Mapped[str] = mapped_column(String(64))
    portal: Mapped[Any] = mapped_column(JSON)
    document: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(100))


class GeocodedAddress(Base):
    """An address that was looked up once; `lat` is None where the geocoder knew nothing."""

    __tablename__ = "geocoded_address"

    address: Mapped[str] = mapped_column(Text, primary_key=True)
    geocoder: Mapped[str] = mapped_column(String(255), primary_key=True)
    """The setting that names it."""
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    at: Mapped[datetime]
