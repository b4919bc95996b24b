"""Planning documents by upload: first what they would change, then the change; and what is in dispute."""

import base64
import zlib

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import select
from wtforms import BooleanField, HiddenField, SubmitField, ValidationError

from portal import auth, documents
from portal.extensions import db
from portal.forms import Form, Ticks, choices
from portal.models import Role
from portal.transaction import transaction
from scheduling import clock, importer
from scheduling.models import Conflict, ConsentChannel

blueprint = Blueprint("imports", __name__)

REFUSAL = 422
CARRIED = 400_000
"""Characters of a packed document that a page may carry; forms take half a million."""


class DocumentForm(Form):
    """A file, and how it is to be taken."""

    file = FileField("Planning document (JSON, CSV or XLSX)")
    kept_name = HiddenField()
    kept = HiddenField()
    """The document of the page before, so that it needn't be chosen again."""
    partial = BooleanField("Take the good rows even if others are refused")
    theirs = BooleanField("Where the portal changed a field too, take the document’s value")
    consent = Ticks(
        "The customers in the file agree to messages by",
        choices=choices([(ConsentChannel.SMS, "SMS"), (ConsentChannel.EMAIL, "E-mail")]),
        description="Only for rows that don’t say.",
    )
    take = SubmitField("Import the document")

    def validate_file(self, field: FileField) -> None:
        """Chosen now, or kept from the page before."""
        if not (field.data or self.kept.data):
            raise ValidationError("Choose a file.")

    def document(self, most: int) -> tuple[str, bytes]:
        """The name and the bytes of the file, at most so many."""
        if self.file.data:
            return self.file.data.filename or "document", self.file.data.read()
        try:
            packed = base64.b64decode(self.kept.data, validate=True)
            return self.kept_name.data, zlib.decompressobj().decompress(packed, most)
        except (ValueError, zlib.error):
            abort(400)


@blueprint.get("/settings/imports")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """A form for a document, and the open conflicts."""
    return _page(DocumentForm(formdata=None))


@blueprint.post("/settings/imports")
@auth.requires(Role.MANAGER)
def take() -> ResponseReturnValue:
    """Take the document, or with the other button only say what it would change."""
    form = DocumentForm()
    if not form.validate_on_submit():
        return _page(form), REFUSAL
    name, payload = form.document(_most())
    try:
        report = _run(form, name, payload)
    except importer.DocumentRefused as error:
        return _page(form, error.report), REFUSAL
    return _page(form, report, kept="" if form.take.data else _packed(payload))


@blueprint.post("/settings/imports/conflicts/<int:conflict_id>/keep")
@auth.requires(Role.MANAGER)
def keep(conflict_id: int) -> ResponseReturnValue:
    """What the portal says stays; the document's side is settled until it says something new."""
    with transaction() as session:
        conflict = session.get(Conflict, conflict_id) or abort(404)
        conflict.resolved_at, conflict.resolved_by = clock.now(), auth.actor().name
    flash("The portal’s value stays.")
    return redirect(url_for(".index"))


def _run(form: DocumentForm, name: str, payload: bytes) -> importer.Report:
    """The import, or what it would do where it was only to be tried. Raises `DocumentRefused`."""
    return documents.take(
        payload,
        name,
        actor=auth.actor(),
        dry_run=not form.take.data,
        partial=form.partial.data,
        theirs=form.theirs.data,
        consent=form.consent.data,
    )


def _most() -> int:
    """Bytes that a document may have."""
    most: int = current_app.config["MAX_CONTENT_LENGTH"]
    return most


def _packed(payload: bytes) -> str:
    """The document as the page carries it, if it is small enough for a form."""
    packed = base64.b64encode(zlib.compress(payload)).decode()
    return packed if len(packed) <= CARRIED else ""


def _page(form: DocumentForm, report: importer.Report | None = None, *, kept: str = "") -> str:
    open_ = select(Conflict).where(Conflict.resolved_at.is_(None)).order_by(Conflict.kind, Conflict.ref)
    return render_template(
        "admin/imports.html",
        form=form,
        report=report,
        taken=form.take.data,
        kept=kept,
        conflicts=db.session.scalars(open_).all(),
    )
