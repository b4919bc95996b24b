"""The company's logo: only its pixels are kept, whatever was in the file."""

import struct
import zlib
from io import BytesIO
from random import Random
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from portal import logo
from portal.models import Picture
from portal.transaction import transaction
from tests.page import LARGEST, Page
from tests.people import Browser, People
from tests.portal.admin.test_preview import in_force
from tests.portal.conftest import World

SECRET = b"taken at home"


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 100), **options: Any) -> bytes:
    """A file of that kind."""
    out = BytesIO()
    Image.new("RGB", size, "#335577").save(out, kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int]) -> bytes:
    """A picture that can't be packed well."""
    out = BytesIO()
    Image.frombytes("RGB", size, Random(1).randbytes(size[0] * size[1] * 3)).save(out, "PNG")
    return out.getvalue()


def mistagged() -> bytes:
    """A JPEG that has to be turned, with a text where a number belongs."""
    tags = Image.Exif()
    tags[0x0112], tags[0x010E] = 6, "hello"
    return picture("JPEG", exif=tags).replace(b"\x01\x0e\x00\x02", b"\x01\x00\x00\x02")


def bomb() -> bytes:
    """A small PNG that says it has 10^10 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_every_kind_becomes_a_small_png(kind: str) -> None:
    drawing = logo.drawn(picture(kind, (2400, 800)))
    with Image.open(BytesIO(drawing.content)) as found:
        assert (found.format, found.size) == ("PNG", (480, 160))
    assert (drawing.width, drawing.height) == (480, 160)


def test_what_was_written_into_the_file_is_gone() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SECRET.decode())
    sent = picture(pnginfo=info, icc_profile=SECRET)
    assert SECRET in sent
    with Image.open(BytesIO(logo.drawn(sent).content)) as found:
        assert found.info == {}


def test_a_heavy_picture_is_made_light() -> None:
    drawing = logo.drawn(noise((800, 700)))
    assert len(drawing.content) <= logo.HEAVIEST
    assert drawing.width <= logo.BOX[0]
    assert drawing.height <= logo.BOX[1]


@pytest.mark.parametrize(
    "upload",
    [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture("BMP"), picture()[:60], bomb(), mistagged()],
    ids=["empty", "text", "svg", "bmp", "cut", "bomb", "mistagged"],
)
def test_what_is_no_picture_is_refused(upload: bytes) -> None:
    with pytest.raises(logo.NotAPicture):
        logo.drawn(upload)


def test_a_file_that_is_too_large_is_not_even_opened() -> None:
    with pytest.raises(logo.NotAPicture, match="larger than 2 MB"):
        logo.drawn(picture() + b"\0" * logo.LARGEST)


def upload(ada: Browser, content: bytes, status: int = 200, **changes: Any) -> Page:
    sent = {"logo": (BytesIO(content), "logo.png"), "act": "save", **changes}
    return ada.press(ada.get("/settings/style"), "Save company and style", status, **sent)


def test_it_is_kept_served_for_ever_and_removed(people: People, world: World) -> None:
    ada = people.ada()
    [shown, _] = upload(ada, picture()).root.all("img")
    address = shown.attributes["src"]
    answer = ada.client.get(address)
    assert answer.mimetype == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert ada.client.get(address.replace(".png", "0.png")).status_code == 404
    [seen] = in_force(ada).root.all("img")
    assert (seen.attributes["src"], seen.attributes["alt"]) == (address, "Your service company")
    page = ada.get("/settings/style")
    ada.press(page, "Save company and style", act="save", remove_logo="y", logo=[])
    assert ada.client.get(address).status_code == 404
    with transaction() as session:
        assert session.get(Picture, logo.NAME) is None


def test_a_page_with_the_heaviest_logo_stays_light(people: People, world: World) -> None:
    ada = people.ada()
    upload(ada, noise((800, 700)))
    page = in_force(ada)
    assets = [node.attributes["href"] for node in page.root.all("link", rel="stylesheet")]
    assets += [node.attributes["src"] for node in page.root.all("img")]
    assert len(page.response.data) + sum(len(ada.client.get(asset).data) for asset in assets) < LARGEST


def test_a_file_that_is_none_is_said_and_the_rest_stays_typed(people: People, world: World) -> None:
    page = upload(people.ada(), b"<svg/>", 422, name="Elm Heating")
    assert "Logo: This isn’t a PNG, JPEG, GIF or WebP picture that can be read." in page.text
    assert page.root.all("input", name="name")[0].attributes["value"] == "Elm Heating"
    with transaction() as session:
        assert session.get(Picture, logo.NAME) is None


def test_an_unsaved_logo_is_in_the_preview_alone(people: People, world: World) -> None:
    ada = people.ada()
    sent = {"csrf_token": ada.token, "logo": (BytesIO(picture(size=(3000, 2000))), "logo.png")}
    [seen] = Page(ada.client.post("/settings/preview", data=sent)).root.all("img")
    assert seen.attributes["src"].startswith("data:image/png;base64,")
    assert not in_force(ada).root.all("img")


def test_the_contrast_of_a_colour_is_said_in_numbers(people: People, world: World) -> None:
    ada = people.ada()
    page = ada.press(ada.get("/settings/style"), "Save company and style", act="save", accent="#ffee00", font="serif")
    assert "In light we use" in page.text
    assert "Your colour has a contrast of 1.1 to 1 there, and text needs 4.5" in page.text
    assert "In dark your colour is used as it is." in page.text
    [_, sheet] = in_force(ada).root.all("link", rel="stylesheet")
    assert b"Charter" in ada.client.get(sheet.attributes["href"]).data
