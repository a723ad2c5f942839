"""Photos are drawn anew: small, upright, without what a camera writes beside them; a bomb is told, not unpacked."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from PIL import Image

from duty.pictures import LONGEST_SIDE, MOST_PIXELS, SMALL_SIDE, redrawn


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def photo(kind="JPEG", size=(64, 48), mode="RGB", **saved) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **saved)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_is_made_small_and_gets_a_thumbnail(kind):
    picture = redrawn(photo(kind, (4000, 3000)))
    assert opened(picture.data).size == (LONGEST_SIDE, 1536) and opened(picture.data).format == kind
    assert opened(picture.small).size == (SMALL_SIDE, 300) and opened(picture.small).format == "JPEG"
    assert picture.kind == kind.lower()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_the_picture_is_left(kind):
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "SECRETMAKER", {1: "N", 2: (31.0, 14.0, 3.0)}
    raw = photo(kind, exif=exif, icc_profile=b"SECRETPROFILE" * 20)
    assert b"SECRETMAKER" in raw
    picture = redrawn(raw)
    for data in (picture.data, picture.small):
        assert b"SECRET" not in data and not dict(opened(data).getexif()) and "icc_profile" not in opened(data).info


def test_a_text_in_a_png_does_not_survive():
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", "SECRET")
    assert b"SECRET" not in redrawn(photo("PNG", pnginfo=info)).data


def test_a_photo_held_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(redrawn(photo("JPEG", (60, 40), exif=exif)).data).size == (40, 60)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_every_kind_of_png_is_read(mode):
    assert opened(redrawn(photo("PNG", mode=mode)).data).mode in ("RGB", "RGBA")


def test_what_is_see_through_stays_so_and_is_white_on_the_thumbnail():
    picture = redrawn(photo("PNG", mode="RGBA"))
    assert opened(picture.data).getpixel((0, 0))[3] == 0 and min(opened(picture.small).getpixel((0, 0))) > 250


def test_a_cmyk_photo_is_read():
    assert opened(redrawn(photo("JPEG", mode="CMYK")).data).mode == "RGB"


def bomb(side: int) -> bytes:
    """A PNG of side × side black pixels in a few kilobytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"\0" * 1000)  # it is refused by its head: the rows need not even be there
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [int(MOST_PIXELS**0.5) + 1, 30_000, 2**31 - 1])
def test_a_bomb_is_told_by_its_head(side):
    with pytest.raises(ValidationError) as told:
        redrawn(bomb(side))
    assert "60" in str(told.value) or "read" in str(told.value)


@pytest.mark.parametrize("raw", [photo()[:200], b"\xff\xd8\xff" + b"x" * 100, bomb(100), b"", b"GIF89a" + b"x" * 50])
def test_what_cannot_be_read_is_told(raw):
    with pytest.raises(ValidationError):
        redrawn(raw)
