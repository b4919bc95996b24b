"""What a customer sees behind a signed link."""

from flask import Blueprint

from portal.customer import choosing, look, lost, picture, preview, renewal, views, wishes
from portal.customer.door import blueprint

__all__ = [
    "BLUEPRINTS",
    "choosing",
    "look",
    "lost",
    "picture",
    "renewal",
    "views",
    "wishes",
]  # each adds its pages to the blueprint

BLUEPRINTS: tuple[Blueprint, ...] = (blueprint, preview.blueprint)
