"""The command that fills an empty database with the demo planning and says how to get in."""

import click
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from notifications import invite
from notifications.models import Invitation
from portal import database, demo, links
from portal.auth import tickets
from portal.cli.base import OPERATOR, in_app
from portal.extensions import db
from portal.models import Role, User
from portal.transaction import transaction
from scheduling import clock, settings
from scheduling.models import Customer, Stop, Visit, VisitStatus
from scheduling.terms import LinkTerms


@click.command("demo")
@click.option("--reset", is_flag=True, help="Throw away everything that is there and begin again.")
@in_app
def command(reset: bool) -> None:
    """Fill an empty database with the demo planning, and print a sign-in link and a customer's link."""
    if reset:
        database.unmigrate(db.engine, "base")
        database.migrate(db.engine)
    with transaction() as session:
        if not session.scalar(select(func.count()).select_from(Customer)):
            demo.fill(session, current_app.extensions["portal_travel"])
    with transaction() as session:
        administrator = session.scalar(select(User).where(User.role == Role.ADMINISTRATOR, User.disabled_at.is_(None)))
        if administrator:
            click.echo(f"Console, signed in as {administrator.name}: {tickets.sign_in_url(administrator)}")
        if invitation := _invitation(session):
            url = links.of_this_portal().invitation(invitation)
            click.echo(f"What the customer {invitation.customer.name} sees: {url}")


def _invitation(session: Session) -> Invitation | None:
    """The link of a customer who can still choose: one that is valid already, else a fresh one."""
    valid = select(Invitation).where(Invitation.expires_at > clock.now(), Invitation.revoked_at.is_(None))
    if known := session.scalar(valid.order_by(Invitation.id).limit(1)):
        return known
    ahead = select(Visit).join(Stop).where(Visit.status == VisitStatus.PLANNED, Visit.window_start.is_not(None))
    visit = session.scalar(ahead.where(Stop.planned_start > clock.now()).order_by(Stop.planned_start.desc()).limit(1))
    if visit is None:
        return None
    terms = settings.load(session, LinkTerms)
    return invite.invite(session, visit.customer, [visit], terms=terms, actor=OPERATOR)


COMMANDS = (command,)
