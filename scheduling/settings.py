"""Groups of settings as typed values, one row each."""

from typing import ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from scheduling import clock
from scheduling.models import Setting


class Group(BaseModel):
    """A group of settings: every field has a default, so an installation without a row works."""

    model_config = ConfigDict(frozen=True)
    key: ClassVar[str]


G = TypeVar("G", bound=Group)


def load(session: Session, group: type[G]) -> G:
    """The stored group, or its defaults."""
    row = session.get(Setting, group.key)
    return group.model_validate(row.value) if row else group()


def save(session: Session, value: Group) -> None:
    """Store the group as it is now."""
    row = session.get(Setting, value.key)
    document = value.model_dump(mode="json")
    if row is None:
        session.add(Setting(key=value.key, value=document, changed_at=clock.now()))
    else:
        row.value, row.changed_at = document, clock.now()
    session.flush()
