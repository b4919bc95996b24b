"""Segments, by values computed by hand from GSM 03.38."""

import pytest

from notifications import sms_text
from notifications.sms_text import Encoding, Size

GSM, UCS2 = Encoding.GSM7, Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", Size(GSM, 0, 1)),
        ("a" * 160, Size(GSM, 160, 1)),
        ("a" * 161, Size(GSM, 161, 2)),
        ("a" * 306, Size(GSM, 306, 2)),
        ("a" * 307, Size(GSM, 307, 3)),
        ("€" * 80, Size(GSM, 160, 1)),
        ("€" * 81, Size(GSM, 162, 2)),
        # 152 septets, then an escape that would straddle the border of 153: it moves to the second segment
        ("a" * 152 + "€" + "a" * 151, Size(GSM, 305, 2)),
        ("a" * 152 + "€" + "a" * 152, Size(GSM, 306, 3)),
        ("é" * 160, Size(GSM, 160, 1)),
        ("ù&Ä ñ @£$¥", Size(GSM, 10, 1)),
        ("^{}[]~|\\", Size(GSM, 16, 1)),
        ("ç", Size(UCS2, 1, 1)),
        ("ê" * 70, Size(UCS2, 70, 1)),
        ("ê" * 71, Size(UCS2, 71, 2)),
        ("ê" * 134, Size(UCS2, 134, 2)),
        ("ê" * 135, Size(UCS2, 135, 3)),
        ("😀" * 35, Size(UCS2, 70, 1)),
        ("😀" * 36, Size(UCS2, 72, 2)),
        # 67 is odd: a pair at the border moves whole, so a segment holds 33 pairs
        ("😀" * 66, Size(UCS2, 132, 2)),
        ("😀" * 67, Size(UCS2, 134, 3)),
        ("ê" + "😀" * 66, Size(UCS2, 133, 2)),
    ],
)
def test_segments(text: str, size: Size) -> None:
    assert sms_text.measure(text) == size


def test_what_costs_money() -> None:
    assert sms_text.costly("é ù & à Ç ß € — ê «ça» ’ –") == "—ê«ç»’–"


@pytest.mark.parametrize(
    ("char", "plain"),
    [
        *[("’", "'"), ("«", '"'), ("–", "-"), ("œ", "oe"), ("…", "..."), ("\u202f", " ")],
        *[("ê", "e"), ("ç", "c"), ("ő", "o"), ("ł", "l"), ("½", "1/2"), ("Ж", ""), ("🎉", "")],
    ],
)
def test_what_stands_for_a_costly_character(char: str, plain: str) -> None:
    assert sms_text.plain(char) == plain


def test_replacing_everything_leaves_gsm_7() -> None:
    text = sms_text.replaced("« Où êtes-vous ? » – naïve œuvre… 🎉")
    assert text == '" Où etes-vous ? " - naive oeuvre... '
    assert sms_text.measure(text).encoding is GSM


def test_how_much_fits() -> None:
    assert [sms_text.measure(text).room for text in ("a", "a" * 161, "ê", "ê" * 71)] == [160, 306, 70, 134]
