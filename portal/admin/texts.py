"""The texts of the customer pages, a part of the link settings: a form for each language, and what it falls back to."""

from collections.abc import Mapping, Sequence

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from notifications import wording
from portal.appearance import LANGUAGES, LinkTexts, PageTexts
from portal.forms import Form, Part, plain
from scheduling.models import Location


class LanguageForm(Part):
    """The texts in one language."""

    title = StringField("Title", [Length(max=80)], [plain])
    description = TextAreaField("Description under the title", [Length(max=500)], [plain])
    after_confirm = TextAreaField("After a confirmation", [Length(max=500)], [plain])
    after_reschedule = TextAreaField("After another time was chosen", [Length(max=500)], [plain])
    error = TextAreaField(
        "When something fails", [Length(max=500)], [plain], description="Stands first; the exact reason follows."
    )


NAMES = tuple(PageTexts.model_fields)


def data(stored: LinkTexts) -> dict[str, dict[str, str]]:
    """What the form shows of the stored texts."""
    return {code: stored.by_language.get(code, PageTexts()).model_dump() for code in LANGUAGES}


def read(form: Form) -> LinkTexts:
    """The texts of a form that is valid."""
    return LinkTexts(
        by_language={code: PageTexts(**{name: form[code][name].data for name in NAMES}) for code in LANGUAGES}
    )


def branch_languages(session: Session) -> Sequence[str]:
    """The languages of the branches, those of most branches first; English where there is no branch."""
    locales = [wording.locale_of(locale).language for locale in session.scalars(select(Location.locale))]
    spoken = [code for code in locales if code in LANGUAGES]
    return sorted(dict.fromkeys(spoken), key=lambda code: -spoken.count(code)) or ["en"]


def standing_in(texts: LinkTexts, fallback: str) -> Mapping[str, Mapping[str, str]]:
    """By language and name, what is shown where the text in that language is empty."""
    shown = {}
    for code in LANGUAGES:
        others = LinkTexts(by_language={key: own for key, own in texts.by_language.items() if key != code})
        with force_locale(code):
            shown[code] = others.of(code, fallback).model_dump()
    return shown


def said_of(code: str, fallbacks: Sequence[str]) -> str:
    """Which language stands in for a text of this one that is left empty."""
    others = [LANGUAGES[other] for other in fallbacks if other != code]
    if not others:
        return "An empty text is the portal’s own, shown in grey."
    branch = f"{' or '.join(others)}, the language of the branch"
    return f"An empty text falls back to {branch}, then to the portal’s own. What would stand there is shown in grey."
