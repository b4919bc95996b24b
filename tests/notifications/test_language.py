"""The closed language of templates."""

import pytest

from notifications import language, templates
from notifications.errors import TemplateInvalid
from notifications.models import ChannelName
from notifications.templates import Text


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Hello {{ customer.nane }}", "Line 1: there is no variable “customer.nane”."),
        ("a\nb {{ foo }}", "Line 2: there is no variable “foo”."),
        ("{{ customer }}", "there is no variable “customer”"),
        ("{{ customer.__class__ }}", "only variables of the list"),
        ("{{ visit.custom._secret }}", "only variables of the list"),
        ("{{ visit['number'] }}", "“getitem” can't be used"),
        ("{{ 'a' * 10**10 }}", "“mul” can't be used"),
        ("{{ link() }}", "“call” can't be used"),
        ("{% for x in link %}{% endfor %}", "“for” can't be used"),
        ("{% include 'x' %}", "“include” can't be used"),
        ("{% set a = 1 %}", "“assign” can't be used"),
        ("{{ link|upper }}", "there is no filter “upper”"),
        ("{{ customer.name|time }}", "needs a date or a time"),
        ("{{ link_until|date('%Y') }}", "takes nothing in brackets"),
        ("{{ cycler }}", "there is no variable “cycler”"),
        ("{% if link is defined %}{% endif %}", "can't be used"),
        ("{{ link", "Line 1: “{{” or “{%” is opened and never closed."),
        ("Hello {{", "“{{” or “{%” is opened and never closed"),
        ("{% if link %}", "never closed with “{% endif %}”"),
        ("{{ customer name }}", "without blanks"),
        ("{{ link }", "two braces"),
        ("{{ custmer.name }}", "Did you mean “customer.name”?"),
        ("{{ visit.dat }}", "Did you mean “visit.date”?"),
        ("{{ name }}", "Did you mean “customer.name”?"),
        ("{{ link_until|dat }}", "there is no filter “dat”. Did you mean “date”?"),
        ("Hello { customer.name }", "two braces: “{{ customer.name }}”"),
        ("(" * 20_001, "longer than"),
        ("{{ " + "not " * 4_000 + "link }}", "nested too deeply"),
    ],
)
def test_refused_on_save(source: str, sentence: str) -> None:
    with pytest.raises(TemplateInvalid) as refused:
        templates.check(ChannelName.SMS, {"en": Text(source)})
    assert sentence in refused.value.reason
    assert refused.value.reason.startswith("en: ")


def test_conditions_and_custom_fields_are_allowed() -> None:
    source = "{% if technician.phone and not visit.price %}{{ visit.custom.color }}{% else %}-{% endif %}"
    assert language.compiled(source).paths == {"technician.phone", "visit.price", "visit.custom.color"}


def test_a_value_is_written_once_and_never_read_again() -> None:
    filled = language.compiled("{{ customer.name }}").fill({"customer.name": "{{ link }}"})
    assert filled == "{{ link }}"


def test_html_escapes_values() -> None:
    filled = language.compiled("<b>{{ customer.name }}</b>", html=True).fill({"customer.name": "<script>"})
    assert filled == "<b>&lt;script&gt;</b>"


def test_an_email_needs_one_line_of_subject() -> None:
    for subject, words in (("", "needs a subject"), ("a\nb", "one line")):
        with pytest.raises(TemplateInvalid, match=words):
            templates.check(ChannelName.EMAIL, {"en": Text("body", subject)})


def test_braces_that_name_no_variable_are_text() -> None:
    templates.check(ChannelName.SMS, {"en": Text("{smile} {{ link }}")})


def test_every_fault_stands_at_its_field() -> None:
    faults = templates.faults(ChannelName.EMAIL, Text("{{ nothing }}", ""))
    assert set(faults) == {"subject", "body"}


@pytest.mark.parametrize(
    ("wanted", "found"), [(["de-CH"], "de"), (["it", "fr"], "fr"), (["it", None], "en"), ([], "en"), (["DE"], "en")]
)
def test_which_text_is_used(wanted: list[str | None], found: str) -> None:
    assert templates.language_of(["de", "en", "fr"], *wanted) == found


def test_where_there_is_no_english_any_text_will_do() -> None:
    assert templates.language_of(["de"], "fr") == "de"
    assert templates.language_of([], "fr") is None
