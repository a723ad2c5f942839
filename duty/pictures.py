"""Photos: read safely, turned upright, made small, and drawn anew so that nothing but the picture is left.

Pure: bytes in, bytes out. What a camera writes beside the picture (where it was taken, by whose phone) does not survive.
"""

import io
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

LONGEST_SIDE, SMALL_SIDE = 2048, 400
MOST_PIXELS = 60_000_000  # the largest photo of a telephone; its picture takes 180 MB while it is read
FORMATS = ("JPEG", "PNG", "WEBP")
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class Picture(NamedTuple):
    """A photo as it is kept, and its thumbnail (a JPEG)."""

    kind: str  # jpeg, png or webp
    data: bytes
    small: bytes


def redrawn(data: bytes) -> Picture:
    """The photo upright, 2048 pixels at most on its longer side. Raises ValidationError with what to do."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            kind = image.format
            if image.width * image.height > MOST_PIXELS:  # told by its head, before anything is unpacked
                raise Image.DecompressionBombError
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unpacked no larger than needed
            image.load()
            upright = ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        words = _("The photo has too many pixels: %(n)d million at most. Make it smaller and send it again.")
        raise ValidationError(words % {"n": MOST_PIXELS // 1_000_000}) from None
    except Exception:  # a decoder meets whatever a stranger sends
        raise ValidationError(
            _("The photo cannot be read; it may be damaged. Take it again or save it as JPEG.")
        ) from None
    clean = _alone(upright, _mode(upright, kind), LONGEST_SIDE)
    small = _alone(clean, "RGB", SMALL_SIDE)
    return Picture(kind.lower(), _written(clean, kind), _written(small, "JPEG"))


def _mode(image: Image.Image, kind: str) -> str:
    return "RGBA" if kind != "JPEG" and image.has_transparency_data else "RGB"


def _alone(image: Image.Image, mode: str, side: int) -> Image.Image:
    """A new picture that holds the pixels and nothing else; what was see-through is white where it cannot stay so."""
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((side, side))
    fresh = Image.new(mode, image.size, "white" if mode == "RGB" else (0, 0, 0, 0))
    if mode == "RGB" and image.mode == "RGBA":
        fresh.paste(image, mask=image)
    else:
        fresh.paste(image)
    return fresh


def _written(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "PNG" else {"quality": 85}))
    return out.getvalue()
