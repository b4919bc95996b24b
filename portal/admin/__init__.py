"""What administrators set."""

from flask import Blueprint

from portal.admin import (
    audit,
    channels,
    components,
    imports,
    index,
    link,
    locations,
    people,
    style,
    technicians,
    templates,
    visit_types,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    index.blueprint,
    link.blueprint,
    style.blueprint,
    templates.blueprint,
    imports.blueprint,
    locations.blueprint,
    technicians.blueprint,
    visit_types.blueprint,
    people.blueprint,
    channels.blueprint,
    audit.blueprint,
    components.blueprint,
)
