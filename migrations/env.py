"""Alembic's entry: the connection comes from whoever calls, the tables from the packages."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Enum, TypeDecorator

import notifications.models
import portal.models
import scheduling.models
from scheduling.db import Base

TABLES = (scheduling.models, notifications.models, portal.models)


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as plain ones, so that a migration never changes with our code."""
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String({item.length})"
    if kind == "type" and isinstance(item, TypeDecorator):
        return repr(item.impl_instance).replace("DateTime", "sa.DateTime")
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render_item,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
