"""Customer pages speak every language whole."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from babel.support import Translations

from portal.appearance import LANGUAGES

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "portal" / "translations"
OTHERS = sorted(LANGUAGES.keys() - {"en"})


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Everything that the pages and their code say."""
    path = tmp_path_factory.mktemp("translations") / "messages.pot"
    mapping = str(FOLDER / "babel.cfg")
    command = ["pybabel", "-q", "extract", "-F", mapping, "-k", "lazy_gettext", "-o", str(path), str(ROOT)]
    CommandLineInterface().run(command)  # type: ignore[no-untyped-call]
    with path.open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("language", OTHERS)
def test_everything_is_translated_with_the_same_values(said: Catalog, language: str) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    texts = {message.id: message for message in said if message.id}
    assert {message.id for message in catalogue if message.id} == texts.keys()
    for message in catalogue:
        assert message.string or not message.id, f"not translated: {message.id}"
        assert not message.fuzzy or not message.id, f"not sure: {message.id}"
        assert _values(message.id) == _values(message.string), message.id


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_served_is_what_was_translated(language: str) -> None:
    """`make setup` compiles the catalogues."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    served = Translations.load(FOLDER, [language])
    assert {message.id: message.string for message in catalogue if message.id} == {
        message.id: served.gettext(str(message.id)) for message in catalogue if message.id
    }


def _values(text: object) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", str(text)))
