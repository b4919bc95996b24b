"""Kinds of work: what they are called in each language, and what is usual for them."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from wtforms import FormField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal import audit, auth
from portal.appearance import LANGUAGES
from portal.audit import Area
from portal.extensions import db
from portal.forms import Form, Part, Words, plain, stripped
from portal.models import Role
from portal.transaction import transaction
from scheduling.models import Visit, VisitType

blueprint = Blueprint("visit_types", __name__)

REFUSAL, CONFLICT = 422, 409
LONGEST = 24 * 60


class NamesForm(Part):
    """What customers read."""

    en = StringField("English", [Length(max=200)], [plain])
    fr = StringField("Français", [Length(max=200)], [plain])
    de = StringField("Deutsch", [Length(max=200)], [plain])


class TypeForm(Form):
    """What can be changed of a visit type."""

    name = StringField("Name", [InputRequired("Type the name."), Length(max=200)], [stripped], description="For staff.")
    names = FormField(NamesForm)
    duration = IntegerField(
        "Usual duration in minutes",
        [InputRequired("Type a number."), NumberRange(1, LONGEST, "A whole number from 1 to 1440.")],
        default=30,
    )
    skills = Words("Skills it needs", description="With commas between, as technicians have them.")


class NewTypeForm(TypeForm):
    """A type that doesn't exist yet."""

    ref = StringField(
        "Reference",
        [InputRequired("Type a reference."), Length(max=64)],
        [stripped],
        description="As planning documents name it; it can’t be changed later.",
    )


@blueprint.get("/settings/visit-types")
@auth.requires(Role.MANAGER)
def index() -> ResponseReturnValue:
    """All of them, and how often each is used."""
    used = select(Visit.type_id, func.count(Visit.id)).where(Visit.type_id.is_not(None)).group_by(Visit.type_id)
    counts = {row[0]: row[1] for row in db.session.execute(used)}
    found = db.session.scalars(select(VisitType).order_by(func.lower(VisitType.name))).all()
    return render_template("admin/visit_types.html", types=found, counts=counts, languages=LANGUAGES)


@blueprint.get("/settings/visit-types/new")
@auth.requires(Role.MANAGER)
def new() -> ResponseReturnValue:
    """An empty form."""
    return _page(NewTypeForm(formdata=None), None)


@blueprint.post("/settings/visit-types/new")
@auth.requires(Role.MANAGER)
def create() -> ResponseReturnValue:
    """Keep a new type."""
    form = NewTypeForm()
    if form.validate_on_submit() and db.session.scalar(select(VisitType.id).where(VisitType.ref == form.ref.data)):
        form.ref.errors = ["Another visit type has this reference."]
    if form.errors:
        return _page(form, None), REFUSAL
    with transaction() as session:
        kind = VisitType(ref=form.ref.data)
        _write(form, kind)
        session.add(kind)
        audit.created(session, auth.actor(), Area.VISIT_TYPE, kind)
    flash("The visit type is kept. New visits can be made with it.")
    return redirect(url_for(".index"))


@blueprint.get("/settings/visit-types/<int:type_id>")
@auth.requires(Role.MANAGER)
def edit(type_id: int) -> ResponseReturnValue:
    """One type."""
    kind = _one(db.session(), type_id)
    return _page(TypeForm(formdata=None, obj=kind), kind)


@blueprint.post("/settings/visit-types/<int:type_id>")
@auth.requires(Role.MANAGER)
def save(type_id: int) -> ResponseReturnValue:
    """Keep what was changed; visits that exist keep their duration and skills."""
    form = TypeForm()
    if not form.validate_on_submit():
        return _page(form, _one(db.session(), type_id)), REFUSAL
    with transaction() as session:
        kind = _one(session, type_id)
        with audit.watching(session, auth.actor(), Area.VISIT_TYPE, kind):
            _write(form, kind)
    flash("The visit type is kept. Visits made before keep their duration and skills.")
    return redirect(url_for(".index"))


@blueprint.post("/settings/visit-types/<int:type_id>/delete")
@auth.requires(Role.MANAGER)
def delete(type_id: int) -> ResponseReturnValue:
    """Take it away where no visit has it."""
    with transaction() as session:
        kind = _one(session, type_id)
        uses = _uses(session, kind)
        if not uses:
            audit.deleted(session, auth.actor(), Area.VISIT_TYPE, kind)
            session.delete(kind)
    if uses:
        return _page(TypeForm(formdata=None, obj=kind), kind, refused=True), CONFLICT
    flash(f"The visit type {kind.name} is deleted.")
    return redirect(url_for(".index"))


def _write(form: TypeForm, kind: VisitType) -> None:
    kind.name, kind.duration, kind.skills = form.name.data, form.duration.data, form.skills.data
    kind.names = {code: form.names[code].data for code in LANGUAGES if form.names[code].data}


def _one(session: Session, type_id: int) -> VisitType:
    return session.get(VisitType, type_id) or abort(404)


def _uses(session: Session, kind: VisitType) -> int:
    return session.scalar(select(func.count(Visit.id)).where(Visit.type_id == kind.id)) or 0


def _page(form: TypeForm, kind: VisitType | None, *, refused: bool = False) -> str:
    session = db.session()
    some = select(Visit).where(Visit.type_id == kind.id).order_by(Visit.number.desc()).limit(5) if kind else None
    return render_template(
        "admin/visit_type.html",
        form=form,
        kind=kind,
        uses=_uses(session, kind) if kind else 0,
        some=session.scalars(some).all() if some is not None else (),
        refused=refused,
    )
