"""A picture that is too large to leave, made small enough: fewer pixels and coarser, until it fits.

Runs in the child alone. What a camera wrote beside the pixels (place, time, device) stays behind here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from openclaw.media.pictures import encoded_as, flat, too_many_pixels, upright
from openclaw.media.results import Prepared, Refused

SIDES = (2048, 1536, 1280, 1024, 800)
QUALITIES = (80, 70, 60, 50, 40)
"""The best of both is tried first; below the last of both a picture is no longer what was to be sent."""

# Of these, a second frame is part of what is seen. In a photo it is a depth map, or the next shot of a burst.
_MOVING = ("GIF", "PNG", "WEBP", "AVIF", "TIFF")


def fit(source: Path, mime: str, into: Path, most_bytes: int) -> Prepared | Refused:
    """Write the picture in ``source`` into the folder ``into`` with at most ``most_bytes``.

    Raises whatever a decoder raises on a broken file.
    """
    with Image.open(source) as opened:
        if (refused := too_many_pixels(opened)) is not None:
            return refused
        if opened.format in _MOVING and getattr(opened, "n_frames", 1) > 1:
            return Refused("it has several frames or pages, and only one would be left of them")
        # JPEG alone can be unpacked at a fraction of its size.
        opened.draft("RGB", (SIDES[0], SIDES[0]))
        seen = upright(opened, SIDES[0])
    for encoded, suffix, form_mime in _smaller_and_smaller(seen):
        if len(encoded) <= most_bytes:
            name = f"picture{suffix}"
            (into / name).write_bytes(encoded)
            return Prepared(mime, "image", form=name, form_mime=form_mime)
    return Refused(f"it is larger than {most_bytes} bytes even with {SIDES[-1]} pixels a side")


def _smaller_and_smaller(seen: Image.Image) -> Iterator[tuple[bytes, str, str]]:
    """Everything that may be tried, the best first."""
    for side in SIDES:
        seen.thumbnail((side, side))
        if seen.mode == "RGBA" and _is_clear(seen):
            # In a JPEG a logo would stand on a white ground.
            yield encoded_as(seen, "PNG", optimize=True), ".png", "image/png"
        whole = flat(seen)
        for quality in QUALITIES:
            yield encoded_as(whole, "JPEG", quality=quality), ".jpg", "image/jpeg"


def _is_clear(image: Image.Image) -> bool:
    least, _ = image.getchannel("A").getextrema()
    return isinstance(least, int) and least < 255
