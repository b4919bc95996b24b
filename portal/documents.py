"""Planning documents through either door: the command line and the upload."""

from collections.abc import Sequence

from flask import current_app

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
    theirs: bool = False,
    consent: Sequence[str] = (),
) -> importer.Report:
    """Import the document in one transaction, rolled back for a dry run; the geocoder is asked before it begins.

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
    return report
