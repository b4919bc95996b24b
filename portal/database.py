"""The database as a whole: brought to the newest migration, and copied while it is used."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config as Alembic
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

import migrations
from notifications.models import Lane

HELD = "restored from a backup"
MARK = (
    f"INSERT INTO {Lane.__tablename__} (name, stopped_at, reason) "  # noqa: S608 - constants only
    f"VALUES ('all', CURRENT_TIMESTAMP, '{HELD}') "
    "ON CONFLICT (name) DO UPDATE SET stopped_at = excluded.stopped_at, reason = excluded.reason"
)
"""Written into every copy: what is restored sends nothing until somebody releases it."""


class BackupFailed(Exception):
    """The copy couldn't be made; the text says why."""


def alembic() -> Alembic:
    """Alembic's settings: only where the migrations are."""
    settings = Alembic()
    settings.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return settings


def head() -> str | None:
    """The newest migration that this code knows."""
    return ScriptDirectory.from_config(alembic()).get_current_head()


def scripts() -> Iterator[str]:
    """All migrations, the newest first."""
    for script in ScriptDirectory.from_config(alembic()).walk_revisions():
        yield script.revision


def current(engine: Engine) -> str | None:
    """The migration that the database stands at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Whether there is a database, and its tables are those that this code knows."""
    path = engine.url.database
    missing = engine.dialect.name == "sqlite" and path is not None and not Path(path).exists()
    return not missing and current(engine) == head()


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the tables up to a migration; an SQLite file is made where there is none."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    _run(engine, command.upgrade, to)


def stamp(engine: Engine) -> None:
    """Say that the tables stand at the newest migration, having been made in another way."""
    _run(engine, command.stamp, "head")


def unmigrate(engine: Engine, to: str) -> None:
    """Take the tables down to an older migration, or to `base`."""
    _run(engine, command.downgrade, to)


def _run(engine: Engine, act: Callable[[Alembic, str], None], to: str) -> None:
    settings = alembic()
    with engine.execution_options(immediate=True).connect() as connection, _unbound(connection):
        settings.attributes["connection"] = connection
        act(settings, to)
        connection.commit()


@contextmanager
def _unbound(connection: Connection) -> Iterator[None]:
    """Foreign keys off on SQLite, where a table is altered by making it anew: its rows' children must survive that."""
    cursor = connection.connection.cursor()
    if connection.dialect.name != "sqlite":
        yield
        return
    cursor.execute("PRAGMA foreign_keys=OFF")
    yield
    cursor.execute("PRAGMA foreign_keys=ON")


def backup(engine: Engine, target: Path) -> None:
    """Copy the database to a file while it is used. Raises `BackupFailed`; a copy that began is removed then."""
    part = target.with_name(target.name + ".part")
    try:
        _copy_sqlite(engine, part) if engine.dialect.name == "sqlite" else _dump(engine, part)
        part.replace(target)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        part.unlink(missing_ok=True)
        raise BackupFailed(str(error)) from error


def _copy_sqlite(engine: Engine, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(engine.url.database or "")) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
        copy.execute(MARK)
        copy.commit()


def _dump(engine: Engine, target: Path) -> None:
    """A plain SQL file; `psql --set ON_ERROR_STOP=1 DATABASE < FILE` restores it into an empty database."""
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupFailed("pg_dump isn't installed on this machine")
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with target.open("wb") as file:
        subprocess.run([program, "--no-owner", "--dbname", url], stdout=file, check=True)  # noqa: S603
        file.write(f"\n{MARK.replace(f'INTO {Lane.__tablename__} ', f'INTO public.{Lane.__tablename__} ')};\n".encode())
