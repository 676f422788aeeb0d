"""Files as people send them, made here; the HEIC ones are kept, because nothing we depend on can write them."""

from __future__ import annotations

import io
import random
import struct
import wave
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

DATA = Path(__file__).parent / "data"
HEIC = DATA / "photo.heic"
"""320 x 200, left red and right blue, with a place in its EXIF."""

LARGE_HEIC = DATA / "twelve-megapixels.heic"


def halves(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture whose left is red and whose right is blue."""
    image = Image.new(mode, (width, height), "red")
    ImageDraw.Draw(image).rectangle((width // 2, 0, width, height), fill="blue")
    return image


def camera_jpeg(width: int, height: int, orientation: int = 1) -> bytes:
    """A photo with device, place and comment in it, and turned as ``orientation`` says."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Testphone"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0)})
    target = io.BytesIO()
    halves(width, height).save(target, "JPEG", exif=exif, comment=b"made at home", dpi=(72, 72))
    return target.getvalue()


def png(width: int = 40, height: int = 30, mode: str = "RGB") -> bytes:
    """A small drawing."""
    target = io.BytesIO()
    halves(width, height, mode).save(target, "PNG")
    return target.getvalue()


def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture that nothing makes small, the same each time."""
    grains = random.Random(width * height).randbytes(width * height * len(mode))
    return Image.frombytes(mode, (width, height), grains)


def noise_png(width: int, height: int, mode: str = "RGB") -> bytes:
    """That picture as a PNG."""
    target = io.BytesIO()
    noise(width, height, mode).save(target, "PNG")
    return target.getvalue()


def heavy_png(width: int, height: int) -> bytes:
    """A drawing that nobody packed: three bytes for each pixel, and hardly any as a JPEG."""
    target = io.BytesIO()
    halves(width, height).save(target, "PNG", compress_level=0)
    return target.getvalue()


def animated_gif() -> bytes:
    """Two frames, red and then blue."""
    target = io.BytesIO()
    first, second = (Image.new("RGB", (20, 20), colour) for colour in ("red", "blue"))
    first.save(target, "GIF", save_all=True, append_images=[second])
    return target.getvalue()


def png_bomb(side: int) -> bytes:
    """A black PNG of ``side`` by ``side`` pixels in a few kilobytes."""
    rows = zlib.compressobj(9)
    line = b"\0" * (1 + (side + 7) // 8)
    packed = b"".join(rows.compress(line * 1000) for _ in range(side // 1000)) + rows.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    )


def wav() -> bytes:
    """A tenth of a second of silence."""
    target = io.BytesIO()
    with wave.open(target, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    return target.getvalue()


def pdf(words: str, pages: int = 1) -> bytes:
    """A PDF whose every page says ``words``."""
    content = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET".encode()
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        fonts = "<< /Font << /F1 3 0 R >> >>"
        bodies.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources {fonts}"
            f" /Contents {5 + 2 * page} 0 R >>".encode()
        )
        bodies.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
    out, offsets = bytearray(b"%PDF-1.4\n"), list[int]()
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, table)
    return bytes(out)
