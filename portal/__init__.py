"""The portal: customer pages, console, administration, hooks and commands. This file only wires."""

from flask import Flask

from portal import admin, api, auth, console, customer, engine, errors, extensions, filters, health, security
from portal.config import Config, read
from scheduling import db, travel


def create_app(config: Config | None = None) -> Flask:
    """The application for the given settings, or for those of the environment."""
    config = config or read()
    app = Flask(__name__)
    app.config.update(
        PORTAL=config,
        SECRET_KEY=config.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(config.secret_keys[1:]),
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # names and numbers stay out of logs
        MAX_CONTENT_LENGTH=config.max_import_mb * 2**20,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="en",
    )
    extensions.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    auth.init_app(app)
    filters.init_app(app)
    for blueprint in (*customer.BLUEPRINTS, *console.BLUEPRINTS, *admin.BLUEPRINTS, *api.BLUEPRINTS):
        app.register_blueprint(blueprint)
    app.register_blueprint(auth.blueprint)
    app.register_blueprint(health.blueprint)
    with app.app_context():
        db.prepare(extensions.db.engine)
    app.extensions["portal_travel"] = travel.of(
        config.travel, road_factor=config.road_factor, speed_kmh=config.speed_kmh
    )
    engine.init_app(app)
    return app
