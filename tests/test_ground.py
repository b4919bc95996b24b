"""The ground itself."""

from flask import Flask

from scheduling import settings
from scheduling.db import Transaction
from scheduling.terms import LinkTerms


def test_settings_survive_their_row(transaction: Transaction) -> None:
    with transaction() as session:
        settings.save(session, LinkTerms(max_detour_km=3))
    with transaction() as session:
        assert settings.load(session, LinkTerms).max_detour == 3000


def test_the_application_is_wired(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404
