"""Uploaded documents between their preview and their import: kept by the portal, never by the browser, for two hours.

Each person has one. It lies beside the settings, packed, with what its preview said and what was chosen there.
"""

import base64
import json
import zlib
from datetime import timedelta
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from sqlalchemy import delete
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.importer import Report
from scheduling.models import Setting

KEPT = timedelta(hours=2)
PREFIX = "upload:"


class Upload(BaseModel):
    """A document that waits for its import, or what became of it."""

    name: str
    packed: str
    """Empty once it is imported."""
    consent: list[str] = []
    partial: bool = False
    report: dict[str, Any] = {}
    """`importer.Report` as JSON."""
    refused: bool = False
    """Nothing of it can be taken as it is."""
    theirs: list[int] = []
    """The conflicts, by their place in the report, that are settled for the document."""
    done: bool = False

    @property
    def payload(self) -> bytes:
        """The bytes of the file."""
        return zlib.decompress(base64.b64decode(self.packed))

    @property
    def sides(self) -> set[tuple[str, str, str]]:
        """The fields in which the document's side is taken."""
        found = self.report["conflicts"]
        chosen = [found[number] for number in self.theirs if number < len(found)]
        return {(each["kind"], each["ref"], each["field"]) for each in chosen}

    def told(self, report: Report, *, refused: bool) -> "Upload":
        """With what the importer said just now."""
        written = json.dumps(to_jsonable_python(report), ensure_ascii=False)
        readable = written.encode(errors="replace")  # half a character in a document can be written on no page
        return self.model_copy(update={"report": json.loads(readable), "refused": refused, "theirs": []})


def packed(payload: bytes) -> str:
    """The bytes of a file as they are kept."""
    return base64.b64encode(zlib.compress(payload)).decode()


def find(session: Session, user_id: int) -> Upload | None:
    """What the person uploaded last, if that isn't too long ago."""
    row = session.get(Setting, f"{PREFIX}{user_id}")
    if row is None or row.changed_at < clock.now() - KEPT:
        return None
    return Upload.model_validate(row.value)


def keep(session: Session, user_id: int, upload: Upload) -> None:
    """Keep it in place of the person's last one."""
    sweep(session)
    row = session.get(Setting, f"{PREFIX}{user_id}") or Setting(key=f"{PREFIX}{user_id}")
    row.value, row.changed_at = upload.model_dump(), clock.now()
    session.add(row)
    session.flush()


def drop(session: Session, user_id: int) -> None:
    """Forget it."""
    session.execute(delete(Setting).where(Setting.key == f"{PREFIX}{user_id}"))


def sweep(session: Session) -> None:
    """Forget everything that waited for too long."""
    old = Setting.changed_at < clock.now() - KEPT
    session.execute(delete(Setting).where(Setting.key.startswith(PREFIX, autoescape=True), old))
