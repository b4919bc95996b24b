"""One box that finds whatever it is given: a customer, a phone number, a visit's number."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import auth
from portal.extensions import db
from portal.models import Role
from scheduling import lists

blueprint = Blueprint("find", __name__)


@blueprint.get("/find")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """Visits and customers that fit; straight to the visit where only one does and its number was typed."""
    text = request.args.get("q", "").strip()
    visits = lists.visits(db.session(), lists.VisitFilter(text=text))
    numbered = [visit for visit in visits.rows if text.removeprefix("#") == str(visit.number)]
    if numbered:
        return redirect(url_for("visits.show", ref=numbered[0].ref))
    return render_template("console/find.html", text=text, visits=visits, customers=lists.customers(db.session(), text))
