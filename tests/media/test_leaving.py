"""Pictures that are too large to leave."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.media import samples

from openclaw.media import leaving
from openclaw.media.results import Prepared, Refused


def fitted(content: bytes, folder: Path, most_bytes: int) -> tuple[Image.Image, int]:
    """What is made of a picture, and how many bytes that has."""
    (folder / "source").write_bytes(content)
    result = leaving.fit(folder / "source", "image/x", folder, most_bytes)
    assert isinstance(result, Prepared)
    raw = (folder / result.form).read_bytes()
    image = Image.open(io.BytesIO(raw))
    image.load()
    assert image.get_format_mimetype() == result.form_mime
    return image, len(raw)


@pytest.mark.parametrize("most_bytes", [2_000_000, 400_000, 150_000])
def test_a_picture_is_made_as_small_as_it_must_be_and_no_smaller(most_bytes: int, tmp_path: Path) -> None:
    """Fewer pixels only after a coarser picture was not small enough either."""
    image, size = fitted(samples.noise_png(2100, 500), tmp_path, most_bytes)

    assert image.format == "JPEG"
    assert most_bytes / 4 < size <= most_bytes
    assert max(image.size) == {2_000_000: 2048, 400_000: 2048, 150_000: 1536}[most_bytes]


def test_a_heic_becomes_a_jpeg_without_place_and_device(tmp_path: Path) -> None:
    """What is encoded anew keeps nothing that a camera wrote beside the pixels."""
    content = samples.HEIC.read_bytes()
    assert b"Testphone" in content

    image, _ = fitted(content, tmp_path, 20_000)

    assert (image.format, image.size, len(image.getexif())) == ("JPEG", (320, 200), 0)


def test_a_photo_stays_upright(tmp_path: Path) -> None:
    """The quarter turn that a camera only notes is made, because the note goes."""
    image, _ = fitted(samples.camera_jpeg(60, 40, orientation=6), tmp_path, 10_000)

    assert image.size == (40, 60)


def test_what_is_see_through_stays_so_where_that_fits(tmp_path: Path) -> None:
    """A logo is a PNG for as long as it can be; after that it stands on white."""
    clear = samples.noise_png(300, 300, "RGBA")

    as_logo, _ = fitted(clear, tmp_path, 400_000)
    as_photo, _ = fitted(clear, tmp_path, 60_000)

    assert (as_logo.format, as_logo.mode) == ("PNG", "RGBA")
    assert (as_photo.format, as_photo.mode) == ("JPEG", "RGB")


@pytest.mark.parametrize(
    ("content", "most_bytes", "words"),
    [
        (samples.animated_gif(), 10_000, "several frames"),
        (samples.noise_png(900, 900), 1_000, "even with 800 pixels"),
        (samples.png_bomb(30_000), 10_000, "pixels"),
    ],
    ids=["moves", "too small a limit", "too many pixels"],
)
def test_what_cannot_be_made_to_fit_is_refused(
    content: bytes, most_bytes: int, words: str, tmp_path: Path
) -> None:
    """With the reason, and nothing is written."""
    (tmp_path / "source").write_bytes(content)

    result = leaving.fit(tmp_path / "source", "image/x", tmp_path, most_bytes)

    assert isinstance(result, Refused)
    assert words in result.reason
    assert [path.name for path in tmp_path.iterdir()] == ["source"]
