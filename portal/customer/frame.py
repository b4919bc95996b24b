"""What stands around the content of every customer page: company, languages, looks, texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext

from notifications import wording
from notifications.company import Company
from portal import filters, logo
from portal.appearance import LANGUAGES, LinkTexts, PageTexts, Style
from portal.customer.door import Guest
from portal.logo import Shown
from scheduling import settings
from scheduling.models import Visit


@dataclass(frozen=True, slots=True)
class Page:
    """What every page carries around its content."""

    locale: str
    language: str
    company: str
    phone: str
    style_url: str
    direction: str
    """How the language runs: `ltr`, `rtl`."""
    seen_url: str
    """Where a script says that somebody looks; empty where nobody counts."""
    languages: Sequence[tuple[str, str, str]]
    """Code, name, address of this page in it."""
    logo: Shown | None
    """Stands in place of the company's name, which it is the alternative text of."""


def page(guest: Guest) -> Page:
    """Company, language and looks."""
    company = settings.load(guest.session, Company)
    language = filters.spoken().language
    branch = next((item.visit.location for item in guest.invitation.items), None)
    return Page(
        locale=filters.locale().replace("_", "-"),
        language=language,
        company=company.name,
        phone=(branch and branch.phone) or company.phone,
        style_url=style_url(settings.load(guest.session, Style)),
        direction=filters.spoken().text_direction,
        seen_url="" if guest.gone else url_for("customer.seen"),
        languages=[(code, name, _in_language(code)) for code, name in LANGUAGES.items()],
        logo=logo.shown(guest.session),
    )


def style_url(style: Style) -> str:
    """The address of the company's own tokens, another one after each change."""
    return url_for("customer.style", v=style.version)


def _in_language(code: str) -> str:
    """This page in another language; after a refused form the page it belongs to."""
    endpoint = request.endpoint if request.method == "GET" else "customer.show"
    kept = {"token": (request.view_args or {})["token"]} if request.method != "GET" else request.view_args or {}
    query = filters.asked() if request.method == "GET" else {}
    return url_for(endpoint or "customer.show", **{**query, **kept, "lang": code})


def texts(guest: Guest) -> PageTexts:
    """The administrator's texts in the language of the page."""
    fallback = next((wording.locale_of(item.visit.location.locale).language for item in guest.invitation.items), "en")
    language = filters.spoken().language
    return settings.load(guest.session, LinkTexts).of(language, fallback)


def title(visit: Visit) -> str:
    """The kind of work in the language of the page."""
    if visit.type is None:
        return str(gettext("Appointment"))
    name: str = visit.type.names.get(filters.spoken().language) or visit.type.name
    return name
