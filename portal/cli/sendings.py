"""The command that notifies the customers of a day."""

import secrets
from collections.abc import Collection
from datetime import date

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications import sendings
from notifications import templates as texts
from notifications.errors import DaysRefused, NobodyToNotify
from notifications.models import Template, Trigger
from portal.cli.base import OPERATOR, Day, Days, in_app
from portal.engine import work
from portal.transaction import transaction
from scheduling import settings
from scheduling.models import Route, Stop, Visit
from scheduling.terms import LinkTerms


@click.command()
@click.option("--date", "day", type=Day(), required=True, help="The day of the routes.")
@click.option("--template", "names", multiple=True, required=True, help="Name of a template; several may be given.")
@click.option("--visits", default="", metavar="V1,V2", help="Only these; else all who neither agreed nor were told.")
@click.option("--allow", "allowed", type=Days(), multiple=True, help="Days that customers may move to.")
@in_app
def notify(day: date, names: tuple[str, ...], visits: str, allowed: tuple[tuple[date, date], ...]) -> None:
    """Notify the customers of a day."""
    wanted = {ref for ref in visits.split(",") if ref}
    context = work.context(current_app.config["PORTAL"])
    try:
        with transaction() as session:
            terms, chosen = settings.load(session, LinkTerms), _templates(session, names)
            ids = _visits(session, day, wanted)
            if not wanted:
                people = sendings.prepare(session, ids, chosen, terms=terms, context=context).preset
                ids = [visit.id for row in people.rows for visit in row.visits]
            sending = sendings.notify(
                session,
                ids,
                chosen,
                key=secrets.token_hex(16),
                actor=OPERATOR,
                terms=terms,
                context=context,
                allowed_days=allowed or None,
                day=day,
            )
            progress = sendings.progress(session, sending.id)
    except NobodyToNotify as error:
        raise click.ClickException(f"Nobody of {day} can be notified by this.") from error
    except DaysRefused as error:
        raise click.ClickException(f"The allowed days are refused: {error.why}.") from error
    click.echo(f"{progress.waiting} messages wait for the next pulse.")
    for reason, count in progress.reasons.items():
        click.echo(f"{count} can't be sent: {reason}")


def _templates(session: Session, names: Collection[str]) -> list[Template]:
    usable = {template.name: template for template in texts.listed(session, trigger=Trigger.MANUAL, enabled=True)}
    if unknown := [name for name in names if name not in usable]:
        raise click.ClickException(f"No enabled template for sending by hand is called {', '.join(unknown)}.")
    return [usable[name] for name in names]


def _visits(session: Session, day: date, wanted: Collection[str]) -> list[int]:
    query = select(Visit.ref, Visit.id).join(Stop).join(Route).where(Route.day == day)
    found = {ref: id_ for ref, id_ in session.execute(query) if not wanted or ref in wanted}
    if missing := sorted(set(wanted) - found.keys()):
        raise click.ClickException(f"Not in a route of {day}: {', '.join(missing)}.")
    return list(found.values())


COMMANDS = (notify,)
