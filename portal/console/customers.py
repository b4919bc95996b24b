"""Customers: a list to look things up in, and the file of each."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import auth
from portal.appearance import LANGUAGES
from portal.console import feed, place
from portal.console.forms import CHANNELS, CustomerForm, SiteForm
from portal.console.visits import PLANNABLE
from portal.extensions import db
from portal.models import Role
from portal.transaction import transaction
from scheduling import customers, lists
from scheduling.models import Customer

blueprint = Blueprint("customers", __name__)

REFUSAL = 422


def by_ref(session: Session, ref: str | None) -> Customer:
    """The customer, or 404."""
    customer = session.scalar(select(Customer).where(Customer.ref == ref))
    if customer is None:
        abort(404)
    return customer


@blueprint.get("/customers")
@auth.requires(Role.DISPATCHER)
def index() -> ResponseReturnValue:
    """The list, filtered and sorted as the address says."""
    text, sort = request.args.get("q", "").strip(), request.args.get("sort", lists.CustomerOrder.NAME)
    column = sort.removeprefix("-")
    order = lists.CustomerOrder(column) if column in set(lists.CustomerOrder) else lists.CustomerOrder.NAME
    number, down = request.args.get("page", 1, type=int), sort.startswith("-")
    found = lists.customers(db.session(), text, number, order=order, down=down)
    return render_template("console/customers.html", page=found, text=text)


@blueprint.get("/customers/new")
@auth.requires(Role.DISPATCHER)
def new() -> ResponseReturnValue:
    """An empty file."""
    return render_template("console/customer_form.html", form=CustomerForm(), customer=None)


@blueprint.post("/customers/new")
@auth.requires(Role.DISPATCHER)
def create() -> ResponseReturnValue:
    """Keep a new customer."""
    form = CustomerForm()
    if not form.validate_on_submit():
        return render_template("console/customer_form.html", form=form, customer=None), REFUSAL
    with transaction() as session:
        customer = customers.create(session, **form.fields, actor=auth.actor())
        customers.consent(session, customer, form.granted, actor=auth.actor())
    flash("The customer is kept. Add the place of the visits next.")
    return redirect(url_for(".show", ref=customer.ref))


@blueprint.get("/customers/<path:ref>")
@auth.requires(Role.DISPATCHER)
def show(ref: str) -> ResponseReturnValue:
    """All that is known of a customer."""
    return _page(by_ref(db.session(), ref), SiteForm(formdata=None))


@blueprint.get("/customers/<path:ref>/edit")
@auth.requires(Role.DISPATCHER)
def edit(ref: str) -> ResponseReturnValue:
    """The file, to be changed."""
    customer = by_ref(db.session(), ref)
    ticked = [consent.channel for consent in customer.consents if consent.granted]
    form = CustomerForm(obj=customer, data={"consent": ticked})
    return render_template("console/customer_form.html", form=form, customer=customer)


@blueprint.post("/customers/<path:ref>/edit")
@auth.requires(Role.DISPATCHER)
def save(ref: str) -> ResponseReturnValue:
    """Keep what was changed."""
    form = CustomerForm()
    if not form.validate_on_submit():
        customer = by_ref(db.session(), ref)
        return render_template("console/customer_form.html", form=form, customer=customer), REFUSAL
    with transaction() as session:
        customer = by_ref(session, ref)
        customers.edit(session, customer, form.fields, seen=form.version.data, actor=auth.actor())
        customers.consent(session, customer, form.granted, actor=auth.actor())
    flash("The changes are kept.")
    return redirect(url_for(".show", ref=ref))


@blueprint.post("/customers/<path:ref>/sites")
@auth.requires(Role.DISPATCHER)
def add_site(ref: str) -> ResponseReturnValue:
    """Keep another place."""
    form = SiteForm()
    if not form.validate_on_submit():
        return _page(by_ref(db.session(), ref), form), REFUSAL
    with transaction() as session:
        customer = by_ref(session, ref)
        customers.add_site(session, customer, address=form.address.data, lat=form.lat.data, lon=form.lon.data)
    flash("The place is kept.")
    return redirect(url_for(".show", ref=ref))


def _page(customer: Customer, form: SiteForm) -> str:
    word = {consent.channel: consent for consent in customer.consents}
    return render_template(
        "console/customer.html",
        customer=customer,
        form=form,
        channels=[(name, word.get(channel)) for channel, name in CHANNELS],
        names=feed.names(db.session(), [consent.by for consent in customer.consents]),
        languages=LANGUAGES,
        visits=lists.visits_of(db.session(), customer),
        plannable=PLANNABLE,
        zone=place.here().location.zone,
    )
