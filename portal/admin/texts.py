"""The texts of the customer pages, in every language side by side."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from wtforms import FormField, StringField, TextAreaField
from wtforms.validators import Length

from portal import auth
from portal.appearance import DEFAULTS, LANGUAGES, LinkTexts, PageTexts
from portal.extensions import db
from portal.forms import Form, Part, plain
from portal.models import Role
from portal.transaction import transaction
from scheduling import settings

blueprint = Blueprint("link_texts", __name__)

REFUSAL = 422
LABELS = {
    "title": "Title",
    "description": "Description under the title",
    "after_confirm": "After a confirmation",
    "after_reschedule": "After another time was chosen",
    "error": "When something fails: stands first, the exact reason follows",
}


class LanguageForm(Part):
    """The texts in one language."""

    title = StringField(LABELS["title"], [Length(max=80)], [plain])
    description = TextAreaField(LABELS["description"], [Length(max=500)], [plain])
    after_confirm = TextAreaField(LABELS["after_confirm"], [Length(max=500)], [plain])
    after_reschedule = TextAreaField(LABELS["after_reschedule"], [Length(max=500)], [plain])
    error = TextAreaField(LABELS["error"], [Length(max=500)], [plain])


class TextsForm(Form):
    """All languages."""

    en = FormField(LanguageForm)
    fr = FormField(LanguageForm)
    de = FormField(LanguageForm)


@blueprint.get("/settings/texts")
@auth.requires(Role.MANAGER)
def edit() -> ResponseReturnValue:
    """The texts as they are set."""
    stored = settings.load(db.session(), LinkTexts).by_language
    return _page(TextsForm(formdata=None, data={code: text.model_dump() for code, text in stored.items()}))


@blueprint.post("/settings/texts")
@auth.requires(Role.MANAGER)
def save() -> ResponseReturnValue:
    """Keep them."""
    form = TextsForm()
    if not form.validate_on_submit():
        return _page(form), REFUSAL
    texts = {code: PageTexts(**{name: form[code][name].data for name in LABELS}) for code in LANGUAGES}
    with transaction() as session:
        settings.save(session, LinkTexts(by_language=texts))
    flash("The texts are kept.")
    return redirect(url_for(".edit"))


def _page(form: TextsForm) -> str:
    defaults = {code: _defaults(code) for code in LANGUAGES}
    return render_template("admin/texts.html", form=form, languages=LANGUAGES, labels=LABELS, defaults=defaults)


def _defaults(code: str) -> dict[str, str]:
    """The portal's own texts in a language."""
    with force_locale(code):
        return {name: str(text) for name, text in DEFAULTS.items()}
