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
        wide, high = opened.size
        if wide * high > MOST_PIXELS:
            return Refused(
                f"it has {wide} x {high} pixels, and at most {MOST_PIXELS // 10**6} million are unpacked"
            )
        is_drawn = opened.format in _DRAWN
        # JPEG alone can be unpacked at a fraction of its size.
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        seen = _upright(opened)
    encoded, suffix, form_mime = _encoded(seen, is_drawn=is_drawn)
    name = f"picture{suffix}"
    (into / name).write_bytes(encoded)
    return Prepared(mime, "image", form=name, form_mime=form_mime)


def _upright(opened: Image.Image) -> Image.Image:
    """The first frame as it is to be seen, in sRGB, within the longest side; nothing else of the file is left."""
    opened.seek(0)
    small = opened.copy()
    # Read before it is converted: a profile belongs to the pixels as they were.
    profile = opened.info.get("icc_profile")
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = ImageOps.exif_transpose(small)
    flat = _in_srgb(_flat(turned), profile if isinstance(profile, bytes) else None)
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    return bare


def _flat(image: Image.Image) -> Image.Image:
    """``image`` in RGB, what is see-through on white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        over = image.convert("RGBA")
        flat = Image.new("RGB", over.size, "white")
        flat.paste(over, mask=over.getchannel("A"))
        return flat
    return image.convert("RGB")


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
    if is_drawn and len(as_drawn := _saved(image, "PNG", optimize=True)) <= _MOST_AS_PNG:
        return as_drawn, ".png", "image/png"
    while True:
        for quality in _QUALITIES:
            encoded = _saved(image, "JPEG", quality=quality)
            if len(encoded) <= MOST_BYTES:
                return encoded, ".jpg", "image/jpeg"
        image.thumbnail((int(image.width * _SMALLER), int(image.height * _SMALLER)))


def _saved(image: Image.Image, form: str, **how: int) -> bytes:
    target = io.BytesIO()
    image.save(target, form, **how)
    return target.getvalue()
