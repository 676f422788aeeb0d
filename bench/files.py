"""``python -m bench.files [PHOTO.heic]``: what pictures and files cost. Figures, no verdict.

Three measures: a photo of twelve megapixels in the bounded child, a large file over SSH, and whether ten photos that
come at once hold up a text in another chat. Needs this project's own environment, Linux, and an OpenSSH server.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from openclaw.config.remote_host import RemoteHost
from openclaw.imessage.files import Fetched
from openclaw.imessage.remote_files import open_remote_files
from openclaw.media.results import Prepared
from openclaw.media.workshop import Workshop

from .conversation import ANSWER_LIMIT, Exchange, median, one_at_a_time, percentile
from .far import ALIAS, open_far
from .limits import machine
from .mac import Mac, install, open_mac
from .model import open_model
from .place import BenchFailed
from .processes import peak_mib, resident_mib
from .running import Program, Running, open_gateway
from .settings import settings, without_brakes, write_settings

_ROOT = Path(__file__).resolve().parent.parent
# Of one colour on each side, so it is small and unpacks fast; a photo of a phone is named on the command line.
_PHOTO = _ROOT / "tests" / "media" / "data" / "twelve-megapixels.heic"
_TIMES = 5
_MEGABYTE = 1 << 20
_FILE_MB, _OUTBOUND_BYTES = 50, 400_000
_PHOTOS, _TEXTS, _WARM = 10, 20, 5


def main() -> None:
    """Measure and print."""
    photo = Path(sys.argv[1]) if len(sys.argv) > 1 else _PHOTO
    print("  ".join(f"{key}: {value}" for key, value in machine().items()))
    with tempfile.TemporaryDirectory(prefix="bench-") as root:
        asyncio.run(_measure(Path(root), photo))


async def _measure(root: Path, photo: Path) -> None:
    print(f"{photo.name}, {photo.stat().st_size:,} bytes")
    # First, because what children had at most is known of all of them together.
    await _picture(root, photo)
    await _far_file(root)
    await _beside_photos(root, photo)


async def _picture(root: Path, photo: Path) -> None:
    workshop, into = Workshop(), root / "forms"
    into.mkdir()
    before = resident_mib([os.getpid()])
    await _timed("a picture for models", lambda: workshop.prepare(photo, into))
    await _timed("a picture that leaves", lambda: workshop.fit(photo, into, _OUTBOUND_BYTES))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    grown = resident_mib([os.getpid()]) - before
    print(f"  most memory of a child {most:.0f} MiB; this process grew by {grown:.1f} MiB")


async def _timed(label: str, work: Callable[[], Awaitable[object]]) -> None:
    taken, before = list[float](), _cpu_of_children()
    for _ in range(_TIMES):
        begun = time.perf_counter()
        result = await work()
        taken.append(time.perf_counter() - begun)
        if not isinstance(result, Prepared):
            raise BenchFailed(f"{label}: {result}")
    cpu = (_cpu_of_children() - before) / _TIMES
    print(f"  {label}: median of {_TIMES} {median(taken):.2f} s, {cpu:.2f} s of CPU each")


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _far_file(root: Path) -> None:
    folder = root / "there"
    folder.mkdir()
    source, size = folder / "film.mov", _FILE_MB * _MEGABYTE
    source.write_bytes(os.urandom(size))
    print(f"a file of {_FILE_MB} MiB over SSH on loopback")
    async with open_far(root / "far") as config:
        host = RemoteHost(host=ALIAS, config_file=str(config))
        async with open_remote_files(host, [str(folder)]) as files:
            with _said("the first, with the connection"):
                await files.fetch(str(source), root / "got", size)
            with _said("another over the same connection"), _growth():
                fetched = await files.fetch(str(source), root / "got", size)
            if not isinstance(fetched, Fetched):
                raise BenchFailed(f"the file did not come: {fetched}")
            print(f"  it went {files.dialect}")
        with _said("for comparison: ssh … cat, kept nowhere"):
            words = ("ssh", "-F", str(config), ALIAS, f"cat {source}")
            child = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.DEVNULL)
            await child.wait()


@contextmanager
def _said(label: str) -> Generator[None]:
    begun = time.perf_counter()
    yield
    taken = time.perf_counter() - begun
    print(f"  {label}: {taken:.2f} s, {_FILE_MB / taken:.0f} MiB/s")


@contextmanager
def _growth() -> Generator[None]:
    # From here on the most is counted anew (proc(5)).
    Path("/proc/self/clear_refs").write_text("5")
    before = resident_mib([os.getpid()])
    yield
    print(f"  most memory above what this process had before: {peak_mib(os.getpid()) - before:.1f} MiB")


async def _beside_photos(root: Path, photo: Path) -> None:
    phone, folder = root / "phone", root / "attachments"
    phone.mkdir()
    folder.mkdir()
    photos = [Path(shutil.copy(photo, folder / f"{number}.heic")) for number in range(_PHOTOS)]
    program = Program("this", (sys.executable, "-m", "openclaw"), root, {"PYTHONPATH": str(_ROOT / "src")})
    (root / "home").mkdir()
    async with open_model() as model, open_mac(phone) as mac:
        content = settings(install(phone), model.base_url, root / "home" / "workspace")
        content["channels"]["imessage"] |= {"includeAttachments": True, "attachmentRoots": [str(folder)]}
        write_settings(program.config, without_brakes(content))
        async with open_gateway(program, mac) as gateway:
            await _texts(mac, gateway, photos)


async def _texts(mac: Mac, gateway: Running, photos: list[Path]) -> None:
    print(f"{_TEXTS} texts, each after the answer to the one before; to the send, median / p95")
    chat = [mac.add_person(1)]
    await one_at_a_time(mac, "warm", chat, _WARM)
    _latency("alone", await one_at_a_time(mac, "alone", chat, _TEXTS))
    begun = time.monotonic_ns()
    pictures = Exchange(mac, "photos")
    mark = await pictures.ask(mac.add_person(2), photos)
    _latency(f"beside {_PHOTOS} photos", await one_at_a_time(mac, "beside", chat, _TEXTS))
    texts_s = (time.monotonic_ns() - begun) / 1e9
    if not await pictures.answered(ANSWER_LIMIT):
        raise BenchFailed(f"the photos were not answered within {ANSWER_LIMIT:g} s")
    photos_s = (pictures.first_ns[mark] - begun) / 1e9
    print(f"  the texts took {texts_s:.2f} s, the photos were answered after {photos_s:.2f} s")
    print(f"  most memory of the gateway's own process: {peak_mib(gateway.pid):.0f} MiB")


def _latency(label: str, exchange: Exchange) -> None:
    taken = exchange.latencies_ms()
    print(f"  {label}: {median(taken):.1f} / {percentile(taken, 0.95):.1f} ms")


if __name__ == "__main__":
    main()
