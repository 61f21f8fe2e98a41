"""Pictures are written anew: what was hidden in them is gone, and what would take all of the memory is never opened."""

import pytest
from PIL import Image, ImageCms

from marketplace.files.rules import pictures
from marketplace.files.rules.uploads import FORMS, WEBP, Unfit
from tests.files import samples
from tests.files.samples import BLUE, PAGE, RED, decoded, encoded, halves, is_near

PORTRAIT, LOGO, ATTACHMENT = (FORMS[form] for form in ("portrait", "logo", "attachment"))


def largest(data: bytes, form=PORTRAIT) -> Image.Image:
    return decoded(pictures.written_anew(data, form)[-1].data)


def refusal(data: bytes, form=PORTRAIT) -> str:
    with pytest.raises(Unfit) as refused:
        pictures.written_anew(data, form)
    return str(refused.value)


def test_a_portrait_is_kept_square_in_three_sizes():
    small, medium, large = pictures.written_anew(encoded(halves(2000, 1500), "JPEG"), PORTRAIT)
    assert [(one.width, one.height) for one in (small, medium, large)] == [(96, 96), (256, 256), (640, 640)]
    assert {one.content_type for one in (small, medium, large)} == {WEBP}
    assert {decoded(one.data).format for one in (small, medium, large)} == {"WEBP"}


def test_a_small_picture_is_not_blown_up():
    assert [one.width for one in pictures.written_anew(encoded(halves(200, 150)), PORTRAIT)] == [96, 150, 150]


def test_a_logo_keeps_its_proportions():
    sizes = [(one.width, one.height) for one in pictures.written_anew(encoded(halves(1200, 200)), LOGO)]
    assert sizes == [(160, 27), (320, 53), (640, 107)]


def test_a_picture_of_a_brief_stays_whole():
    (one,) = pictures.written_anew(encoded(halves(4000, 1000)), ATTACHMENT)
    assert (one.width, one.height) == (2560, 640)


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (5001, 5000), (20_001, 10), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(width, height):
    assert "pixels" in refusal(samples.claimed_png(width, height))


def test_a_bomb_as_webp_is_refused_by_its_first_chunk():
    assert "pixels" in refusal(samples.claimed_webp(16_000, 16_000))


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_picture_is_refused(kind, share):
    whole = encoded(halves(), kind)
    assert refusal(whole[: int(len(whole) * share)]) == pictures.DAMAGED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_it_was_taken_is_gone(kind):
    data = samples.jpeg_with_exif(kind=kind)
    assert samples.SECRET_PLACE in data
    for one in pictures.written_anew(data, PORTRAIT):
        assert samples.SECRET_PLACE not in one.data
        assert b"EXIF" not in one.data
        assert dict(decoded(one.data).getexif()) == {}


@pytest.mark.parametrize(
    ("orientation", "corners"),
    [
        (1, {"left": RED, "right": BLUE}),
        (2, {"left": BLUE, "right": RED}),
        (3, {"left": BLUE, "right": RED}),
        (6, {"top": RED, "bottom": BLUE}),
        (8, {"top": BLUE, "bottom": RED}),
    ],
)
def test_a_picture_stands_as_it_was_held(orientation, corners):
    shown = largest(samples.jpeg_with_exif(orientation), ATTACHMENT)
    assert shown.size == ((400, 300) if orientation < 5 else (300, 400))
    middle, half = shown.width // 2, shown.height // 2
    places = {
        "left": (5, half),
        "right": (shown.width - 5, half),
        "top": (middle, 5),
        "bottom": (middle, shown.height - 5),
    }
    assert all(is_near(shown.getpixel(places[side]), colour) for side, colour in corners.items())


def test_an_exif_that_cannot_be_read_does_no_harm():
    assert largest(samples.jpeg(exif=b"Exif\x00\x00" + b"\xff" * 200)).size == (300, 300)


def test_a_picture_for_printing_keeps_its_colours():
    shown = largest(encoded(halves(mode="CMYK"), "JPEG", quality=95), ATTACHMENT)
    assert shown.mode == "RGB"
    assert is_near(shown.getpixel((20, 150)), RED)


def test_a_colour_profile_is_applied_and_left_out():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown = largest(samples.jpeg(icc_profile=profile), ATTACHMENT)
    assert is_near(shown.getpixel((20, 150)), RED)
    assert "icc_profile" not in shown.info


def test_a_colour_profile_that_is_none_is_left_out():
    assert is_near(largest(samples.jpeg(icc_profile=b"nonsense" * 20), ATTACHMENT).getpixel((20, 150)), RED)


def test_sixteen_bits_of_grey_become_eight():
    shown = largest(encoded(Image.new("I;16", (200, 200), 40_000)), ATTACHMENT)
    assert is_near(shown.getpixel((100, 100)), (156, 156, 156))


def test_a_palette_keeps_what_is_transparent():
    picture = Image.new("P", (200, 200), 0)
    picture.putpalette([0, 0, 0, *RED])
    picture.paste(1, (0, 0, 100, 200))
    shown = largest(encoded(picture, transparency=0), LOGO)
    assert shown.mode == "RGBA"
    assert (shown.getpixel((20, 80))[3], shown.getpixel((150, 80))[3]) == (255, 0)
    assert is_near(shown.getpixel((20, 80)), RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGBA", "P"])
def test_every_kind_of_pixel_is_read(mode):
    assert largest(encoded(halves(mode=mode)), ATTACHMENT).mode in {"RGB", "RGBA"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_something_that_moves_the_first_picture_is_taken(kind):
    shown = largest(samples.animation(kind))
    assert getattr(shown, "n_frames", 1) == 1
    assert is_near(shown.getpixel((50, 50)), RED)


@pytest.mark.parametrize(
    "data",
    [
        samples.jpeg() + PAGE,
        samples.jpeg(comment=PAGE),
        samples.jpeg() + samples.archive(),
        encoded(halves()) + PAGE,
        encoded(halves()) + samples.archive(),
    ],
    ids=[
        "page behind a JPEG",
        "page in its comment",
        "archive behind a JPEG",
        "page behind a PNG",
        "archive behind it",
    ],
)
def test_what_is_a_picture_and_something_else_becomes_a_picture_alone(data):
    for one in pictures.written_anew(data, PORTRAIT):
        assert b"<script" not in one.data
        assert b"Evil.class" not in one.data


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"/>',
        encoded(halves(mode="P"), "GIF"),
        encoded(halves(mode="P"), "GIF") + samples.archive(),
        encoded(halves(), "BMP"),
        encoded(halves(), "TIFF"),
        samples.pdf(script="app.alert(1)"),
        samples.archive(),
        PAGE,
        b"a text that is called me.png",
        b"\x00",
    ],
    ids=["SVG", "SVG with a prologue", "GIF", "GIFAR", "BMP", "TIFF", "PDF", "archive", "page", "text", "a byte"],
)
def test_nothing_but_the_three_kinds_is_taken(data):
    assert refusal(data).startswith("This is not a JPEG, PNG or WebP picture, whatever its name says.")


def test_nobody_is_recognised_on_a_stamp():
    assert "smaller than 96 × 96" in refusal(encoded(halves(95, 300)))
