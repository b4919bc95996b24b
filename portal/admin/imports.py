"""Planning documents by upload: first what they would change, then the change; and what is in dispute."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from sqlalchemy import func, select
from wtforms import ValidationError

from portal import audit, auth, documents, uploads
from portal.admin import preview as previews
from portal.admin import words, zone
from portal.audit import Area, Wanted
from portal.extensions import db
from portal.forms import Form, Ticks, choices
from portal.models import Role
from portal.transaction import transaction
from portal.uploads import Upload
from scheduling import importer, lists, settings
from scheduling.importer import settling
from scheduling.importer.settling import NotSettled
from scheduling.models import Conflict, ConsentChannel
from scheduling.terms import LinkTerms

blueprint = Blueprint("imports", __name__)

REFUSAL = 422


class DocumentForm(Form):
    """A file, and what its customers agreed to."""

    file = FileField("Planning document", description="JSON, CSV or XLSX.")
    consent = Ticks(
        "The customers in the file agree to messages by",
        choices=choices([(ConsentChannel.SMS, "SMS"), (ConsentChannel.EMAIL, "E-mail")]),
        description="Counts only for rows that don’t say.",
    )

    def validate_file(self, field: FileField) -> None:
        """Something must be chosen."""
        if not field.data:
            raise ValidationError("Choose a file.")


class DecisionForm(Form):
    """The preview's form; its fields are as many as there are conflicts on the page."""


@blueprint.get("/settings/imports")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """A form for a document, and the open conflicts."""
    return _page(DocumentForm(formdata=None))


@blueprint.post("/settings/imports")
@auth.requires(Role.MANAGER)
def take() -> ResponseReturnValue:
    """Keep the document for a while and say what it would change."""
    form = DocumentForm()
    if not form.validate_on_submit():
        return _page(form), REFUSAL
    file, payload = form.file.data, form.file.data.read()
    name = (file.filename or "document")[:200]
    upload = Upload(name=name, packed=uploads.packed(payload), consent=form.consent.data)
    upload = _tried(upload)
    if why := _unreadable(upload):
        form.file.errors = [f"{upload.name} {why}."]
        return _page(form), REFUSAL
    _keep(upload)
    return redirect(url_for(".preview"))


@blueprint.get("/settings/imports/preview")
@auth.requires(Role.MANAGER)
def preview() -> ResponseReturnValue:
    """What the document would change, or what it changed."""
    upload = uploads.find(db.session(), auth.person().id)
    if upload is None:
        return redirect(url_for(".index"))
    shown = previews.of(upload, request.args.get("show", ""), request.args.get("page", 1, type=int))
    return render_template("admin/import_preview.html", preview=shown, form=DecisionForm(formdata=None))


@blueprint.post("/settings/imports/preview")
@auth.requires(Role.MANAGER)
def decide() -> ResponseReturnValue:
    """Remember the sides chosen, then do what the button says: look elsewhere, try the good rows, drop it, import."""
    upload = uploads.find(db.session(), auth.person().id)
    if upload is None or upload.done:
        flash("The document is no longer waiting. Choose it once more.", "information")
        return redirect(url_for(".index"))
    act, _, more = request.form.get("act", "").partition(" ")
    upload = _chosen(upload, all_=more if act == "all" else "")
    if act == "drop":
        return _dropped()
    if act == "partial":
        upload = _tried(upload.model_copy(update={"partial": True}))
    if act == "import":
        upload = _imported(upload)
    _keep(upload)
    show, _, number = (more if act == "show" else request.form.get("shown", "")).partition(" ")
    return redirect(url_for(".preview", show=None if act in {"import", "partial"} else show, page=number or None))


@blueprint.post("/settings/imports/conflicts/<int:conflict_id>/keep")
@auth.requires(Role.MANAGER)
def keep(conflict_id: int) -> ResponseReturnValue:
    """What the portal says stays; the document's side is settled until it says something new."""
    with transaction() as session:
        conflict = session.get(Conflict, conflict_id) or abort(404)
        settling.keep_ours(conflict, actor=auth.actor())
        audit.record(session, auth.actor(), "kept ours", Area.IMPORT, _subject(conflict))
    flash("The portal’s value stays.")
    return redirect(url_for(".index", _anchor="conflicts"))


@blueprint.post("/settings/imports/conflicts/<int:conflict_id>/take")
@auth.requires(Role.MANAGER)
def settle(conflict_id: int) -> ResponseReturnValue:
    """Write the document's value."""
    try:
        with transaction() as session:
            conflict = session.get(Conflict, conflict_id) or abort(404)
            settling.take_theirs(
                session,
                conflict,
                travel=current_app.extensions["portal_travel"],
                actor=auth.actor(),
                terms=settings.load(session, LinkTerms),
            )
            audit.record(session, auth.actor(), "took theirs", Area.IMPORT, _subject(conflict))
    except NotSettled as error:
        flash(f"The document’s value can’t be taken: {error.why}. Nothing was changed.", "problem")
    else:
        flash("The document’s value is taken.")
    return redirect(url_for(".index", _anchor="conflicts"))


def _subject(conflict: Conflict) -> str:
    """Without the values: they may be somebody's number or address."""
    return f"{previews.KINDS.get(conflict.kind, conflict.kind)} {conflict.ref}, {words.field(conflict.field)}"


def _tried(upload: Upload) -> Upload:
    """With what would become of it."""
    try:
        report = _run(upload, dry_run=True)
    except importer.DocumentRefused as error:
        return upload.told(error.report, refused=True)
    return upload.told(report, refused=False)


def _unreadable(upload: Upload) -> str:
    """Why the file as a whole can't be used; empty where its rows can be looked at."""
    found = [each for each in upload.report["refused"] if each["kind"] == "file" and not each["row"]]
    return ": ".join(filter(None, [found[0]["field"], found[0]["reason"]])) if found else ""


def _imported(upload: Upload) -> Upload:
    """With what became of it; refused where the planning has changed since in a way that stands against it."""
    try:
        report = _run(upload, dry_run=False)
    except importer.DocumentRefused as error:
        return upload.told(error.report, refused=True)
    return upload.told(report, refused=False).model_copy(update={"packed": "", "done": True})


def _run(upload: Upload, *, dry_run: bool) -> importer.Report:
    return documents.take(
        upload.payload,
        upload.name,
        actor=auth.actor(),
        dry_run=dry_run,
        partial=upload.partial,
        theirs=False if dry_run else upload.sides,
        consent=upload.consent,
    )


def _chosen(upload: Upload, *, all_: str) -> Upload:
    """With the sides that the form carries; conflicts of other pages keep theirs."""
    if all_:
        every = list(range(len(upload.report["conflicts"])))
        return upload.model_copy(update={"theirs": every if all_ == "theirs" else []})
    said = {name.removeprefix("side-"): side for name, side in request.form.items() if name.startswith("side-")}
    sides = {int(number): side for number, side in said.items() if number.isdecimal()}
    kept = [number for number in upload.theirs if number not in sides]
    return upload.model_copy(update={"theirs": sorted({*kept, *(n for n, side in sides.items() if side == "theirs")})})


def _keep(upload: Upload) -> None:
    with transaction() as session:
        uploads.keep(session, auth.person().id, upload)


def _dropped() -> ResponseReturnValue:
    with transaction() as session:
        uploads.drop(session, auth.person().id)
    flash("The document is dropped. Nothing was changed.")
    return redirect(url_for(".index"))


def _page(form: DocumentForm) -> str:
    session = db.session()
    upload = uploads.find(session, auth.person().id)
    return render_template(
        "admin/imports.html",
        form=form,
        waiting=upload if upload and not upload.done else None,
        conflicts=_conflicts(request.args.get("page", 1, type=int)),
        words=words,
        kinds=previews.KINDS,
        last=audit.entries(session, Wanted(area=Area.IMPORT, action="imported")).rows[:5],
        people=audit.names(session),
        zone=zone.here(session),
    )


def _conflicts(number: int) -> lists.Page[Conflict]:
    open_ = Conflict.resolved_at.is_(None)
    total = db.session.scalar(select(func.count(Conflict.id)).where(open_)) or 0
    number = min(max(1, number), lists.Page((), total, 1).last)
    query = select(Conflict).where(open_).order_by(Conflict.kind, Conflict.ref, Conflict.id)
    rows = db.session.scalars(query.limit(lists.SIZE).offset((number - 1) * lists.SIZE)).all()
    return lists.Page(rows, total, number)
