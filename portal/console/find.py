"""One box that finds whatever it is given: a customer, a phone number, a visit's number, a reference, an address."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import auth
from portal.extensions import db
from portal.models import Role
from scheduling import lists, matching
from scheduling.models import Customer, Visit

blueprint = Blueprint("find", __name__)


@blueprint.get("/find")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """Customers and visits that fit; straight to the only one, or to the visit whose number or ref was typed."""
    text = request.args.get("q", "").strip()
    if not text:
        return render_template("console/find.html", text="", visits=None, customers=None)
    visits = lists.visits(db.session(), lists.VisitFilter(text=text))
    customers = lists.customers(db.session(), text)
    only = _only(text, visits, customers)
    return (
        redirect(only) if only else render_template("console/find.html", text=text, visits=visits, customers=customers)
    )


def _only(text: str, visits: lists.Page[Visit], customers: lists.Page[Customer]) -> str | None:
    """The address of the one that must be meant."""
    number = matching.visit_number(text)
    named = next((visit for visit in visits.rows if number == visit.number or visit.ref == text), None)
    if named or (visits.total, customers.total) == (1, 0):
        return url_for("visits.show", ref=(named or visits.rows[0]).ref)
    if customers.total != 1:
        return None
    [customer] = customers.rows
    others = any(visit.customer_id != customer.id for visit in visits.rows)
    return None if others else url_for("customers.show", ref=customer.ref)
