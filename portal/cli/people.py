"""Commands about staff and keys."""

import secrets
from pathlib import Path

import click

from portal import audit, staff
from portal.audit import Area
from portal.auth import tickets
from portal.cli.base import OPERATOR, in_app
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction

ENV = Path(".env")
NAME = "PORTAL_SECRET_KEYS"


@click.group()
def users() -> None:
    """The people who work with the portal."""


@users.command("add")
@click.argument("email")
@click.option("--name", help="As colleagues know them; the address unless given.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.ADMINISTRATOR.value)
@in_app
def add(email: str, name: str | None, role: str) -> None:
    """Add a person and print the link behind which they choose a password."""
    with transaction() as session:
        user = staff.invite(session, email=email, name=name or email, role=Role(role))
        audit.created(session, OPERATOR, Area.PERSON, user)
        url = tickets.password_url(user)
    click.echo(url)


@users.command("link")
@click.argument("email")
@in_app
def link(email: str) -> None:
    """Print a link that signs a person in once, for whoever has lost the way in."""
    user = staff.by_email(db.session(), email)
    if user is None or not user.is_active:
        raise click.ClickException(f"Nobody who may come in has the address {email}.")
    with transaction() as session:
        audit.record(session, OPERATOR, "made a sign-in link", Area.ACCESS, user.name)
    click.echo(tickets.sign_in_url(user))


@click.group()
def keys() -> None:
    """The keys that sign links and sessions."""


@keys.command()
@click.option("--keep", default=2, show_default=True, help="How many older keys stay valid.")
def rotate(keep: int) -> None:
    """Put a fresh key in front of PORTAL_SECRET_KEYS in .env; older links stay valid while their key is listed."""
    lines = ENV.read_text().splitlines() if ENV.exists() else []
    old = next((line.partition("=")[2] for line in lines if line.startswith(f"{NAME}=")), "")
    listed = [secrets.token_urlsafe(32), *[key for key in old.split(",") if key][:keep]]
    rest = [line for line in lines if not line.startswith(f"{NAME}=")]
    ENV.touch(mode=0o600)
    ENV.write_text("\n".join([f"{NAME}={','.join(listed)}", *rest]) + "\n")
    click.echo(f"{ENV} lists {len(listed)} key(s); a portal uses the fresh one from its next start.")


COMMANDS = (users, keys)
