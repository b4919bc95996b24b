"""The Flask extensions, unbound; `create_app` binds them."""

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from portal import filters
from portal.network import client_network
from scheduling.db import Base

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=client_network, storage_uri="memory://", strategy="moving-window")


def init_app(app: Flask) -> None:
    """Bind all of them."""
    db.init_app(app)
    login.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    babel.init_app(app, locale_selector=filters.spoken)
