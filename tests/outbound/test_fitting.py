"""Of a picture that is too large to leave, a smaller one leaves; the child that makes it is a real one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.media import samples

from openclaw.errors import FileRefused
from openclaw.media.workshop import Workshop
from openclaw.outbound.fitting import Fitting
from openclaw.outbound.shelf import MEGABYTE, Shelf, id_of

LIMIT_MB = 0.05


def fitting(folder: Path) -> Fitting:
    """A fitting with a small limit."""
    return Fitting(Shelf.of(folder), LIMIT_MB, Workshop())


async def test_a_picture_that_is_fine_leaves_byte_for_byte(tmp_path: Path) -> None:
    """Place and device included: nothing is made of it."""
    fit, content = fitting(tmp_path), samples.camera_jpeg(60, 40)
    file = fit.put("a.jpg", [content])

    assert await fit.fit(file) == file
    assert Path(file.path).read_bytes() == content


async def test_a_picture_over_the_limit_is_replaced_on_the_shelf(tmp_path: Path) -> None:
    """One copy is left, found by its id, named as what it is now."""
    fit = fitting(tmp_path)

    file = await fit.fit(fit.put("holiday.png", [samples.heavy_png(400, 400)]))

    assert (file.name, file.mime_type) == ("holiday.jpg", "image/jpeg")
    assert file.size <= LIMIT_MB * MEGABYTE
    assert fit.shelf.find(id_of(file)) == file
    assert [folder.name for folder in fit.shelf.root.iterdir()] == [id_of(file)]


async def test_one_that_cannot_be_made_to_fit_is_refused_with_the_reason(tmp_path: Path) -> None:
    """To whoever wanted it sent; nothing of it stays."""
    fit = fitting(tmp_path)
    broken = fit.put("broken.png", [samples.heavy_png(400, 400)[:100_000]])

    with pytest.raises(
        FileRefused, match=r"broken\.png is larger than 0\.05 MB .* cannot be made smaller: .*broken"
    ):
        await fit.fit(broken)
    assert list(fit.shelf.root.iterdir()) == []
