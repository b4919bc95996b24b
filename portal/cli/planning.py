"""Commands about the planning: documents in and out, one visit, its slots and its link."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from notifications import invite
from notifications.models import Message
from portal import documents, links
from portal.cli.base import OPERATOR, Days, find_visit, in_app
from portal.extensions import db
from portal.transaction import transaction
from scheduling import exporter, importer, settings
from scheduling.events import Actor
from scheduling.models import ConsentChannel, Visit
from scheduling.terms import LinkTerms


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change and change nothing.")
@click.option("--partial", is_flag=True, help="Take the good rows of a document with bad ones.")
@click.option("--theirs", is_flag=True, help="In a conflict take the document's value.")
@click.option("--consent", default="", metavar="sms,email", help="State the consent of the file's customers.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@in_app
def import_(file: Path, dry_run: bool, partial: bool, theirs: bool, consent: str, as_json: bool) -> None:
    """Take a planning document (JSON, CSV or XLSX; docs/planning-document.md)."""
    channels = [channel.strip() for channel in consent.split(",") if channel.strip()]
    if unknown := sorted(set(channels) - set(ConsentChannel)):
        raise click.UsageError(f"--consent doesn't know {', '.join(unknown)}; it knows {', '.join(ConsentChannel)}.")
    try:
        report = documents.take(
            file.read_bytes(),
            file.name,
            actor=Actor.document(),
            dry_run=dry_run,
            partial=partial,
            theirs=theirs,
            consent=channels,
        )
    except importer.DocumentRefused as error:
        _print(error.report, as_json)
        raise click.exceptions.Exit(1) from error
    _print(report, as_json)


def _print(report: importer.Report, as_json: bool) -> None:
    """Counts on stdout, what was refused on stderr."""
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        for name in ("created", "changed", "unchanged"):
            counts = ", ".join(f"{count} {kind}" for kind, count in getattr(report, name).items())
            click.echo(f"{name}: {counts or 'nothing'}")
        for notice in (*report.warnings, *report.conflicts):
            click.echo(f"{'conflict' if isinstance(notice, importer.Disagreement) else 'warning'}: {notice}")
    for refusal in report.refused:
        click.echo(f"refused: {refusal}", err=True)


@click.command()
@click.option("--days", type=Days(), help="Only routes of these days.")
@in_app
def export(days: tuple[date, date] | None) -> None:
    """Print the planning as a document; importing it changes nothing."""
    first, last = days or (None, None)
    try:
        planning = exporter.document(db.session(), first, last)
    except LookupError as error:
        raise click.ClickException(f"There is no location {error.args[0]}; import a planning first.") from error
    click.echo(exporter.as_json(planning))


@click.command()
@click.argument("visit")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@in_app
def show(visit: str, as_json: bool) -> None:
    """Print how a visit stands."""
    facts = _facts(find_visit(db.session(), visit))
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2))
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' ')}: {value if value not in (None, []) else '-'}")


def _facts(visit: Visit) -> dict[str, Any]:
    zone, stop, window = visit.location.zone, visit.stop, visit.window
    messages = db.session.scalars(select(Message).where(Message.visit_id == visit.id).order_by(Message.id))
    return {
        "ref": visit.ref,
        "number": visit.number,
        "status": visit.status,
        "confirmation": visit.confirmation,
        "generation": visit.generation,
        "window": {
            "start": window.start.astimezone(zone).isoformat(),
            "end": window.end.astimezone(zone).isoformat(),
        }
        if window
        else None,
        "route": {"date": stop.route.day.isoformat(), "technician": stop.route.technician.ref} if stop else None,
        "planned_start": stop.planned_start.astimezone(zone).isoformat() if stop else None,
        "messages": [
            {
                "channel": message.channel,
                "state": message.state,
                "reason": message.reason,
                "at": (message.settled_at or message.created_at).astimezone(zone).isoformat(),
            }
            for message in messages
        ],
    }


@click.command()
@click.argument("visit")
@in_app
def link(visit: str) -> None:
    """Make an invitation for the visit's customer and print its URL alone."""
    with transaction() as session:
        found = find_visit(session, visit)
        terms = settings.load(session, LinkTerms)
        invitation = invite.invite(session, found.customer, [found], terms=terms, actor=OPERATOR)
        url = links.of_this_portal().invitation(invitation)
    click.echo(url)


COMMANDS = (import_, export, show, link)
