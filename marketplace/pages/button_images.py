"""A button as a picture. Pure."""

import io
from functools import lru_cache
from pathlib import Path

import fontpkg_noto_sans
from PIL import Image, ImageDraw, ImageFont

ACCENT, WHITE = "#0b6b50", "#ffffff"
# Twice the size at which it is shown, for screens with small dots.
HEIGHT, PADDING, CORNER, TYPE = 88, 36, 20, 34
FONT = str(Path(fontpkg_noto_sans.ROOT) / "files" / "NotoSans[wdth,wght].ttf")


@lru_cache(maxsize=16)
def button_image(words: str) -> bytes:
    """A PNG, 88 pixels high and as wide as its words."""
    font = ImageFont.truetype(FONT, TYPE)
    font.set_variation_by_name("SemiBold")
    left, _, right, _ = font.getbbox(words)
    width = int(right - left) + 2 * PADDING
    image = Image.new("RGBA", (width, HEIGHT))
    drawing = ImageDraw.Draw(image)
    drawing.rounded_rectangle((0, 0, width - 1, HEIGHT - 1), radius=CORNER, fill=ACCENT)
    drawing.text((PADDING - left, HEIGHT / 2), words, font=font, fill=WHITE, anchor="lm")
    made = io.BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()
