"""Migrations, and copies that send nothing until somebody releases them."""

import shutil
import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.orm import Session

from notifications.models import Lane, Message
from portal import database
from scheduling.db import Base, prepare
from scheduling.models import Location
from tests.factories import make_customer


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """The test's database without any table, as on a first start."""
    Base.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    return engine


def rebuild(engine: Engine) -> None:
    """Leave the tables as other tests expect them."""
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)


def test_the_newest_migration_is_what_the_models_say(empty: Engine) -> None:
    database.migrate(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert database.current(empty) == database.head()
    rebuild(empty)


def test_every_migration_goes_up_down_and_up(empty: Engine) -> None:
    for script in reversed(list(database.scripts())):
        database.migrate(empty, script)
        database.unmigrate(empty, "-1")
        database.migrate(empty, script)
        assert database.current(empty) == script
    database.unmigrate(empty, "base")
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    rebuild(empty)


def test_what_is_stored_survives_the_migrations_after_it(empty: Engine) -> None:
    database.migrate(empty, "0003")
    location = "(ref, name, zone_name, locale, hours) VALUES ('main', 'Main', 'Europe/Paris', 'en', '{}')"
    sending = "(by, created_at, key) VALUES ('user:1', '2026-11-30 09:00:00', 'k')"
    message = (
        "(dedupe_key, channel, state, sending_id, party, recipient, locale, created_at, due_at, fence, tries, polls)"
        " VALUES ('m', 'sms', 'sent', 1, 'user:1', '+12025550100', 'en', '2026-11-30', '2026-11-30', 1, 1, 0)"
    )
    with empty.begin() as connection:
        for table, values in (("location", location), ("sending", sending), ("message", message)):
            connection.execute(text(f"INSERT INTO {table} {values}"))
    database.migrate(empty)
    with Session(empty) as session:
        assert session.get_one(Message, 1).sending
        assert session.get_one(Location, 1).closures == []
    rebuild(empty)


def restored(engine: Engine, copy: Path, tmp_path: Path) -> Engine:
    """An engine on the database that the copy gives."""
    if engine.dialect.name == "sqlite":
        shutil.copy(copy, tmp_path / "restored.db")
        return prepare(create_engine(f"sqlite:///{tmp_path / 'restored.db'}"))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    plain = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = ["psql", "--quiet", "--set", "ON_ERROR_STOP=1", "--dbname", plain, "--file", str(copy)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return engine


def test_a_restored_copy_holds_what_was_there_and_sends_nothing(engine: Engine, tmp_path: Path) -> None:
    with Session(engine) as session:
        make_customer(session, name="Ana Example")
        session.commit()
    database.backup(engine, tmp_path / "copy")
    again = restored(engine, tmp_path / "copy", tmp_path)
    with again.connect() as connection:
        assert connection.execute(text("SELECT name FROM customer")).scalars().all() == ["Ana Example"]
    with Session(again) as session:
        lane = session.get(Lane, "all")
        assert lane
        assert lane.stopped_at
        assert lane.reason == database.HELD
    if again is not engine:
        again.dispose()


def test_a_copy_that_cannot_be_made_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(database.BackupFailed):
        database.backup(engine, tmp_path / "nowhere" / "copy")
    assert not (tmp_path / "nowhere").exists()
