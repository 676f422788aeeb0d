"""Pictures as models get them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from tests.media import samples

from openclaw.media import pictures
from openclaw.media.results import Prepared, Refused


def made(content: bytes, folder: Path) -> Image.Image:
    """What is made of a picture."""
    source = folder / "source"
    source.write_bytes(content)
    result = pictures.prepare(source, "image/x", folder)
    assert isinstance(result, Prepared)
    image = Image.open(io.BytesIO((folder / result.form).read_bytes()))
    image.load()
    return image


def colours(image: Image.Image) -> tuple[str, str]:
    """Which colour is left, and which is right."""
    names: list[str] = []
    for across in (0.25, 0.75):
        pixel = image.convert("RGB").getpixel((int(image.width * across), image.height // 2))
        assert isinstance(pixel, tuple)
        names.append("red" if pixel[0] > 200 else "blue" if pixel[2] > 200 else str(pixel))
    return names[0], names[1]


def test_a_heic_photo_becomes_a_jpeg(tmp_path: Path) -> None:
    """Demand J1: what a phone takes by default is read by models."""
    image = made(samples.HEIC.read_bytes(), tmp_path)

    assert (image.format, image.size, colours(image)) == ("JPEG", (320, 200), ("red", "blue"))


@pytest.mark.parametrize("content", [samples.HEIC.read_bytes(), samples.camera_jpeg(60, 40)])
def test_nothing_that_a_camera_wrote_beside_the_pixels_is_left(content: bytes, tmp_path: Path) -> None:
    """Demand J2: place, device and comment are not told to a model."""
    assert b"Testphone" in content

    image = made(content, tmp_path)

    raw = (tmp_path / "picture.jpg").read_bytes()
    assert len(image.getexif()) == 0
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"Exif" not in raw
    assert b"Testphone" not in raw
    assert b"made at home" not in raw


def test_a_photo_is_turned_as_it_was_taken(tmp_path: Path) -> None:
    """EXIF orientation 3 (upside down) and 6 (a quarter turn) are applied to the pixels."""
    assert colours(made(samples.camera_jpeg(60, 40, orientation=3), tmp_path)) == ("blue", "red")
    assert made(samples.camera_jpeg(60, 40, orientation=6), tmp_path).size == (40, 60)


def test_a_large_photo_is_scaled_and_a_small_one_left(tmp_path: Path) -> None:
    """Issue: at most 2048 pixels a side; demand J2."""
    assert made(samples.camera_jpeg(4096, 1024), tmp_path).size == (2048, 512)
    assert made(samples.png(40, 30), tmp_path).size == (40, 30)


def test_an_animation_is_its_first_frame(tmp_path: Path) -> None:
    """Issue: animated GIF first frame."""
    assert colours(made(samples.animated_gif(), tmp_path)) == ("red", "red")


def test_what_is_see_through_is_white(tmp_path: Path) -> None:
    """A drawing without a background must not become black on black."""
    source = tmp_path / "s.png"
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(source)

    assert made(source.read_bytes(), tmp_path).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_noise_is_made_to_fit_the_bytes_that_providers_take(tmp_path: Path) -> None:
    """What compresses badly loses quality first, then size."""
    source = tmp_path / "noise.jpg"
    Image.effect_noise((2048, 2048), 250).convert("RGB").save(source, quality=98)
    assert source.stat().st_size > pictures.MOST_BYTES // 2

    made(source.read_bytes(), tmp_path)

    assert (tmp_path / "picture.jpg").stat().st_size <= pictures.MOST_BYTES


def test_too_many_pixels_are_refused_by_the_header_alone(tmp_path: Path) -> None:
    """Nothing is unpacked: the body of this one is not even there."""
    source = tmp_path / "bomb.png"
    source.write_bytes(samples.png_bomb(30_000)[:60])

    result = pictures.prepare(source, "image/png", tmp_path)

    assert isinstance(result, Refused)
    assert "30000 x 30000" in result.reason
