"""What people send, and what people who mean harm send."""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

PAGE = b"<html><script>alert(document.cookie)</script></html>"
RED, BLUE = (210, 30, 40), (30, 40, 210)
# EXIF's tags of the orientation and of where a picture was taken.
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
SECRET_PLACE = b"Elm Street 13"


def encoded(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """The picture as a file of that kind."""
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def halves(width: int = 400, height: int = 300, mode: str = "RGB") -> Image.Image:
    """A picture with a red left half and a blue right one."""
    picture = Image.new("RGB", (width, height), BLUE)
    picture.paste(RED, (0, 0, width // 2, height))
    return picture.convert(mode)


def jpeg(**options: Any) -> bytes:
    return encoded(halves(), "JPEG", quality=90, **options)


def jpeg_with_exif(orientation: int = 1, kind: str = "JPEG") -> bytes:
    """A picture that says how it was held, by which camera and where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = orientation, SECRET_PLACE.decode()
    place = exif.get_ifd(GPS)
    place[1], place[2], place[3], place[4] = "N", (52.0, 31.0, 12.0), "E", (13.0, 24.0, 18.0)
    return encoded(halves(), kind, exif=exif)


def claimed_png(width: int, height: int) -> bytes:
    """A PNG whose header says so many pixels; its data are small, and unpack to a hundred megabytes of nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def claimed_webp(width: int, height: int) -> bytes:
    """A WebP whose first chunk says so many pixels."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body


def archive() -> bytes:
    """A JAR, as far as a reader of archives is concerned."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as files:
        files.writestr("Evil.class", "run me")
    return written.getvalue()


def animation(kind: str) -> bytes:
    """Two pictures in one: red, then blue."""
    first, second = Image.new("RGB", (120, 120), RED), Image.new("RGB", (120, 120), BLUE)
    return encoded(first, kind, save_all=True, append_images=[second], duration=100)


def pdf(pages: int = 1, script: str = "", attached: bytes = b"", password: str = "", launch: str = "") -> bytes:
    """A PDF, which may do something when it is opened."""
    writer = PdfWriter()
    for _ in range(pages):
        page = writer.add_blank_page(width=200, height=300)
    if script:
        writer.root_object[NameObject("/OpenAction")] = _action("/JavaScript", "/JS", script)
    if attached:
        writer.add_attachment("evil.exe", attached)
    if launch:
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): _action("/Launch", "/F", launch)})
    if password:
        writer.encrypt(password)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _action(kind: str, key: str, said: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(said)})


def decoded(data: bytes) -> Image.Image:
    """A picture that we keep, opened as a browser would."""
    picture: Image.Image = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def is_near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    """Whether a pixel is of that colour, as far as compression leaves it."""
    return all(abs(one - other) < 30 for one, other in zip(colour, wanted, strict=False))
