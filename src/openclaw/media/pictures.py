"""A picture as a model is to get it: upright, not too large, and with nothing in it but what is seen.

Runs in the child alone. Everything that a camera wrote beside the pixels (place, time, device) stays behind.
"""

from __future__ import annotations

import io
from pathlib import Path

import pi_heif
from PIL import Image, ImageCms, ImageOps

from openclaw.media.results import Prepared, Refused

MOST_PIXELS = 64_000_000
"""Above the largest photo of a phone (48 million); looked up in the header, before anything is unpacked."""

LONGEST_SIDE = 2048
"""No model looks closer, and most charge by the pixel."""

MOST_BYTES = 3_500_000
"""Providers refuse a picture over 5 MB, counted as text of a third more."""

_QUALITIES = (85, 70, 55, 40)
_SMALLER = 0.7
# A drawing or a screenshot is sharper and often smaller as it was.
_MOST_AS_PNG = 1_000_000
_DRAWN = ("PNG", "GIF", "BMP")

# Our own bound is stricter than the library's warning, and is a reason that somebody is told.
Image.MAX_IMAGE_PIXELS = None
pi_heif.register_heif_opener()  # pyright: ignore[reportUnknownMemberType]


def prepare(source: Path, mime: str, into: Path) -> Prepared | Refused:
    """Write the picture in ``source`` into the folder ``into`` as a model takes it.

    Raises whatever a decoder raises on a broken file.
    """
    with Image.open(source) as opened:
        if (refused := too_many_pixels(opened)) is not None:
            return refused
        is_drawn = opened.format in _DRAWN
        # JPEG alone can be unpacked at a fraction of its size.
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        seen = upright(opened, LONGEST_SIDE)
    encoded, suffix, form_mime = _encoded(flat(seen), is_drawn=is_drawn)
    name = f"picture{suffix}"
    (into / name).write_bytes(encoded)
    return Prepared(mime, "image", form=name, form_mime=form_mime)


def too_many_pixels(opened: Image.Image) -> Refused | None:
    """Why a picture is not unpacked, by its header alone."""
    wide, high = opened.size
    if wide * high <= MOST_PIXELS:
        return None
    return Refused(f"it has {wide} x {high} pixels, and at most {MOST_PIXELS // 10**6} million are unpacked")


def upright(opened: Image.Image, longest: int) -> Image.Image:
    """The first frame as it is to be seen, in sRGB, no side over ``longest``; nothing else of the file is left.

    What is see-through stays so: the mode is RGBA then, else RGB.
    """
    opened.seek(0)
    small = opened.copy()
    # Read before it is converted: a profile belongs to the pixels as they were.
    profile = opened.info.get("icc_profile")
    small.thumbnail((longest, longest))
    turned = ImageOps.exif_transpose(small)
    is_clear = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    turned = turned.convert("RGBA" if is_clear else "RGB")
    coloured = _in_srgb(turned.convert("RGB"), profile if isinstance(profile, bytes) else None)
    bare = Image.new("RGB", coloured.size)
    bare.paste(coloured)
    if is_clear:
        bare.putalpha(turned.getchannel("A"))
    return bare


def flat(image: Image.Image) -> Image.Image:
    """What :func:`upright` gave, in RGB: what is see-through is on white."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        # The library has no types for its C part.
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    except (ImageCms.PyCMSError, OSError):
        # Colours that are a little off are better than no picture.
        return image
    return made or image


def _encoded(image: Image.Image, *, is_drawn: bool) -> tuple[bytes, str, str]:
    if is_drawn and len(as_drawn := encoded_as(image, "PNG", optimize=True)) <= _MOST_AS_PNG:
        return as_drawn, ".png", "image/png"
    while True:
        for quality in _QUALITIES:
            encoded = encoded_as(image, "JPEG", quality=quality)
            if len(encoded) <= MOST_BYTES:
                return encoded, ".jpg", "image/jpeg"
        image.thumbnail((int(image.width * _SMALLER), int(image.height * _SMALLER)))


def encoded_as(image: Image.Image, form: str, **how: int) -> bytes:
    """``image`` as a file of the format ``form``."""
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()
