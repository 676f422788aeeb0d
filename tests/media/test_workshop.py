"""Files are opened in a child within bounds, and the gateway's own process stays as it was."""

from __future__ import annotations

import resource
import stat
from pathlib import Path

import psutil
import pytest
from tests.media import samples

from openclaw.media.results import Prepared, Refused
from openclaw.media.workshop import Workshop


async def prepared(folder: Path, content: bytes, name: str = "incoming") -> Prepared | Refused:
    """What the workshop makes of a file."""
    (folder / name).write_bytes(content)
    return await Workshop().prepare(folder / name, folder)


async def test_a_photo_is_made_for_models_and_kept_as_it_came(tmp_path: Path) -> None:
    """Issue: the kept original stays as it is; forms are for the owner's eyes alone."""
    result = await prepared(tmp_path, samples.HEIC.read_bytes(), "never.exe")

    assert isinstance(result, Prepared)
    assert (result.mime, result.form_mime) == ("image/heic", "image/jpeg")
    assert stat.S_IMODE((tmp_path / result.form).stat().st_mode) == 0o600
    assert (tmp_path / "never.exe").read_bytes() == samples.HEIC.read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        samples.camera_jpeg(400, 400)[:900],
        samples.HEIC.read_bytes()[:300],
        samples.png()[:20] + b"\xff" * 500,
        samples.pdf("hi")[:40],
        b"GIF89a" + b"\xff" * 100,
    ],
)
async def test_a_broken_file_is_refused(content: bytes, tmp_path: Path) -> None:
    """Whatever its decoder raises, or however it dies."""
    result = await prepared(tmp_path, content)

    assert isinstance(result, Refused)
    assert "broken" in result.reason


async def test_what_nobody_can_open_is_kept_as_it_is(tmp_path: Path) -> None:
    """An archive is data like any other; nothing is unpacked."""
    assert await prepared(tmp_path, b"PK\x03\x04" + b"\0" * 100) == Prepared("application/zip", "file")


async def test_bombs_are_refused_while_the_memory_of_the_gateway_stays_flat(tmp_path: Path) -> None:
    """A PNG of 900 million pixels, and one below that bound whose unpacking the gateway must not feel."""
    here = psutil.Process()
    await prepared(tmp_path, samples.png())
    before = here.memory_info().rss
    peak_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    refused = await prepared(tmp_path, samples.png_bomb(30_000))
    small = await prepared(tmp_path, samples.png_bomb(7_000))

    assert isinstance(refused, Refused)
    assert "pixels" in refused.reason
    assert isinstance(small, Prepared)
    assert here.memory_info().rss - before < 8_000_000
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak_before) * 1024 < 8_000_000


async def test_what_takes_too_long_is_ended_with_all_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A converter that hangs goes with the child that started it."""
    hanging = tmp_path / "ffmpeg"
    hanging.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\nexec sleep 600\n')
    hanging.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (tmp_path / "memo").write_bytes(b"caff\0\1\0\0desc")

    result = await Workshop(time_s=3.0).prepare(tmp_path / "memo", tmp_path)

    assert isinstance(result, Refused)
    assert "longer than 3 s" in result.reason
    assert not lives(int((tmp_path / "pid").read_text()))


def lives(pid: int) -> bool:
    """Whether a process still runs; what is left of one until somebody asks how it ended does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
