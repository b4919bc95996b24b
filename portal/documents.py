"""Planning documents through either door: the command line and the upload."""

from collections.abc import Collection, Sequence

from flask import current_app

from portal import audit
from portal.audit import Area
from portal.transaction import transaction
from scheduling import geocode, importer, settings
from scheduling.events import Actor
from scheduling.terms import LinkTerms


def take(
    payload: bytes,
    name: str,
    *,
    actor: Actor,
    dry_run: bool = False,
    partial: bool = False,
    theirs: bool | Collection[importer.Side] = False,
    consent: Sequence[str] = (),
) -> importer.Report:
    """Import the document in one transaction, rolled back for a dry run; the geocoder is asked before it begins.

    What is taken stands in the audit log as counts.

    Raises `DocumentRefused`.
    """
    config = current_app.config["PORTAL"]
    geocoder = geocode.Geocoder.of(config.geocoder)
    if geocoder:
        geocode.warm(transaction, geocoder, importer.addresses(payload, name))
    with transaction() as session:
        report = importer.run(
            session,
            payload,
            name,
            partial=partial,
            theirs=theirs,
            consent=consent,
            geocoder=geocoder,
            travel=current_app.extensions["portal_travel"],
            actor=actor,
            terms=settings.load(session, LinkTerms),
            max_bytes=config.max_import_mb * 2**20,
        )
        if dry_run:
            session.rollback()
        else:
            audit.record(session, actor, "imported", Area.IMPORT, name, _counts(report))
    return report


def _counts(report: importer.Report) -> audit.Changes:
    parts = {"new": report.created, "changed": report.changed, "as before": report.unchanged}
    counted = {f"{kind}, {name}": count for name, part in parts.items() for kind, count in part.items()}
    counted |= {"refused": len(report.refused), "in dispute": len(report.conflicts)}
    return {name: [None, count] for name, count in counted.items() if count}
