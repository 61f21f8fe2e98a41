"""Pictures, decoded and written anew as WebP: nothing else that they held is left. Pure.

How many pixels there are is read from the header, before anything is decoded. Orientation (EXIF) is applied, colours
are brought to sRGB; everything else that a file says of itself, where it was taken and by whom, is dropped.
"""

import io
import struct
from contextlib import suppress

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from marketplace.files.rules.uploads import WEBP, Examined, Form, Unfit
from marketplace.languages import lazy_gettext as _l

# Phones take JPEGs of 48 and 50 million pixels, which are decoded at a fraction of that. The others take their four
# bytes a pixel, and two copies of that.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
LONGEST_SIDE = 20_000
# Phones put several pictures into one JPEG (MPO); the first is the one that was taken.
CALLED = {"MPO": "JPEG"}
# 16-bit greys, of which 8 bits are kept.
DEEP_GREYS = {"I", "I;16", "I;16B", "I;16L"}
SRGB = ImageCms.createProfile("sRGB")
TOO_MUCH = _l("This picture takes more memory than we have for one. Save it smaller, and send it again.")
DAMAGED = _l("This picture is damaged or not whole. Save it anew, or choose another.")


def written_anew(data: bytes, form: Form) -> list[Examined]:
    """The picture in each size of the form, the smallest first; raises Unfit."""
    # The check stands here, with a limit of ours and a sentence for people.
    Image.MAX_IMAGE_PIXELS = None
    try:
        picture = _decoded(data, form)
        return [_webp(_fitted(picture, box, square=form.square), form.quality) for box in form.boxes]
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, ImageCms.PyCMSError) as error:
        raise Unfit(DAMAGED) from error
    except MemoryError as error:
        raise Unfit(TOO_MUCH) from error


def _decoded(data: bytes, form: Form) -> Image.Image:
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        # Opening one takes the memory of its canvas at once.
        _check_pixels("WEBP", *_webp_canvas(data))
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=tuple(MOST_PIXELS))
    except UnidentifiedImageError as error:
        raise Unfit(_l("This is not %(kinds)s, whatever its name says. Choose %(kinds)s.", kinds=form.kinds)) from error
    _check_pixels(CALLED.get(picture.format or "", picture.format or ""), *picture.size)
    if min(picture.size) < form.least:
        raise Unfit(
            _l("This picture is smaller than %(least)s × %(least)s pixels. Choose a larger one.", least=form.least)
        )
    # A JPEG is decoded at the size that is needed: an eighth of the pixels, or a quarter, takes far less memory.
    picture.draft("RGB", (max(width for width, _ in form.boxes), max(height for _, height in form.boxes)))
    picture.seek(0)
    upright = ImageOps.exif_transpose(picture)
    return _in_srgb(upright, picture.info.get("icc_profile"))


def _webp_canvas(data: bytes) -> tuple[int, int]:
    """Width and height as the first chunk says them (RFC 9649, 2.5 to 2.7)."""
    chunk = data[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _check_pixels(kind: str, width: int, height: int) -> None:
    most = MOST_PIXELS[kind]
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise Unfit(
            _l(
                "This picture has %(width)s × %(height)s pixels; %(most)s million in all are the most, "
                "and %(side)s on a side. Save it smaller, and send it again.",
                width=width,
                height=height,
                most=most // 1000000,
                side=LONGEST_SIDE,
            )
        )


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """In RGB as screens show it, or RGBA where something of it is transparent."""
    if picture.mode in DEEP_GREYS:
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    transparent = picture.has_transparency_data
    if transparent:
        return picture.convert("RGBA")
    if profile and picture.mode in {"RGB", "CMYK", "L"}:
        # A profile that nobody can read is left out, as browsers do.
        with suppress(ImageCms.PyCMSError, OSError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, SRGB, outputMode="RGB")
            assert converted is not None
            return converted
    return picture.convert("RGB")


def _fitted(picture: Image.Image, box: tuple[int, int], *, square: bool) -> Image.Image:
    if square:
        side = min(box[0], *picture.size)
        return ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS)
    share = min(1.0, box[0] / picture.width, box[1] / picture.height)
    size = max(1, round(picture.width * share)), max(1, round(picture.height * share))
    return picture if size == picture.size else picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(picture: Image.Image, quality: int) -> Examined:
    written = io.BytesIO()
    # A picture of its pixels alone: what stood beside them does not come along.
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    bare.save(written, "WEBP", quality=quality, method=4)
    return Examined(WEBP, written.getvalue(), picture.width, picture.height)
