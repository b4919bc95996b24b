"""The doors for other systems: provider callbacks, later the API."""

from flask import Blueprint

from portal.api import hooks

BLUEPRINTS: tuple[Blueprint, ...] = (hooks.blueprint,)
