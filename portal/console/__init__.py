"""What dispatchers work with."""

from flask import Blueprint

from portal.console import (
    customers,
    day,
    find,
    guide,
    home,
    inbox,
    live,
    messages,
    notify,
    planning,
    relief,
    route_map,
    sendings,
    shift,
    times,
    visit_edit,
    visit_link,
    visits,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    home.blueprint,
    guide.blueprint,
    find.blueprint,
    visits.blueprint,
    visit_edit.blueprint,
    visit_link.blueprint,
    times.blueprint,
    shift.blueprint,
    relief.blueprint,
    customers.blueprint,
    messages.blueprint,
    inbox.blueprint,
    day.blueprint,
    route_map.blueprint,
    planning.blueprint,
    live.blueprint,
    notify.blueprint,
    sendings.blueprint,
)
