"""Commands that serve, carry messages and look after the database."""

import threading
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from flask import Flask, current_app
from waitress import wasyncore
from waitress.server import create_server

from notifications import seeding
from portal import create_app, database
from portal.cli.base import in_app
from portal.engine import distributed, embedded
from portal.extensions import db
from portal.transaction import transaction
from scheduling import solver


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on; PUBLIC_URL's where it is a loopback address, else 8000.")
@click.option("--threads", default=8, show_default=True, help="Requests served at once.")
@in_app
def run(host: str, port: int | None, threads: int) -> None:
    """Serve the portal, with the embedded engine unless a broker is set."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    config = app.config["PORTAL"]
    port = port or (urlsplit(config.public_url).port if config.is_local else None) or 8000
    sockets: dict[int, Any] = {}
    try:
        server = create_server(app, map=sockets, host=host, port=port, threads=threads)
    except OSError as error:
        wasyncore.close_all(sockets)
        why = f"{host}:{port} can't be listened on ({error.strerror}). Stop what listens there, or write another port"
        raise click.ClickException(f"{why} to .env, such as PORTAL_PUBLIC_URL=http://127.0.0.1:8200.") from error
    threading.Thread(target=solver.warm_up, daemon=True).start()
    with _engine(app):
        click.echo(f"Serving {config.public_url} (Ctrl+C stops it)")
        server.run()


@click.command()
@in_app
def worker() -> None:
    """Carry messages in a process of its own; where a broker is set, on any number of machines."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    click.echo("Carrying messages (Ctrl+C stops it)")
    if app.config["PORTAL"].broker_url:
        distributed.work_on(app)
        return
    with embedded.running(app):
        threading.Event().wait()


def _engine(app: Flask) -> AbstractContextManager[object]:
    """What carries messages for a served portal: workers behind the broker, else threads of its own."""
    return distributed.nudging(app) if app.config["PORTAL"].broker_url else embedded.running(app)


@click.command()
@in_app
def pulse() -> None:
    """One tick: expand events, sweep, send what is due."""
    click.echo(embedded.tick(current_app._get_current_object()))  # type: ignore[attr-defined]  # noqa: SLF001


@click.command()
def migrate() -> None:
    """Bring the database to the newest migration, making it where there is none, with the built-in texts and rules."""
    app = create_app()
    with app.app_context():
        database.migrate(db.engine)
        with transaction() as session:
            seeding.seed(session)
        click.echo(f"The database is at migration {database.current(db.engine)}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@in_app
def backup(file: Path) -> None:
    """Copy the database to FILE while it is used. What is restored sends nothing until somebody releases it."""
    try:
        database.backup(db.engine, file)
    except database.BackupFailed as error:
        raise click.ClickException(f"The copy couldn't be made: {error}") from error
    click.echo(f"Copied to {file}.")


COMMANDS = (run, worker, pulse, migrate, backup)
