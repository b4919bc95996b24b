"""What administrators set."""

from flask import Blueprint

from portal.admin import (
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
    texts,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    index.blueprint,
    link.blueprint,
    texts.blueprint,
    style.blueprint,
    templates.blueprint,
    imports.blueprint,
    locations.blueprint,
    technicians.blueprint,
    people.blueprint,
    channels.blueprint,
    components.blueprint,
)
