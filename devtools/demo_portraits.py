"""Portraits of demo people: drawn, plainly nobody's; the same person has the same one each time."""

import io
import random

from PIL import Image, ImageDraw

SIDE = 640
# Drawn larger and made smaller, so that edges are smooth.
FINER = 3
GROUNDS = ("#0b6b50", "#a4461f", "#2c5d8a", "#6d4a86", "#8a6d1f", "#3f6f6a")
SKINS = ("#8d5524", "#c68642", "#e0ac69", "#f1c27d", "#5c3a21")
HAIRS = ("#1d1c22", "#4a2f1b", "#8a8a8a", "#6b2f1a", "#c9a15a")


def drawn(name: str) -> bytes:
    """A head with hair and shoulders, chosen by the name, as PNG."""
    chosen = random.Random(name)
    ground, skin, hair = (chosen.choice(colours) for colours in (GROUNDS, SKINS, HAIRS))
    clothes = chosen.choice([colour for colour in GROUNDS if colour != ground])
    size = SIDE * FINER
    picture = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(picture)

    def oval(left: float, top: float, right: float, bottom: float, colour: str) -> None:
        draw.ellipse([part * size for part in (left, top, right, bottom)], fill=colour)

    long_hair, bun = chosen.random() < 0.5, chosen.random() < 0.3
    if long_hair:
        draw.rounded_rectangle([part * size for part in (0.27, 0.3, 0.73, 0.78)], radius=size * 0.12, fill=hair)
    if bun:
        oval(0.42, 0.06, 0.58, 0.22, hair)
    oval(0.27, 0.13, 0.73, 0.6, hair)
    oval(0.12, 0.74, 0.88, 1.5, clothes)
    draw.rounded_rectangle([part * size for part in (0.43, 0.55, 0.57, 0.82)], radius=size * 0.06, fill=skin)
    oval(0.31, 0.23, 0.69, 0.68, skin)
    for left in (0.41, 0.55):
        oval(left, 0.43, left + 0.04, 0.47, "#1d1c22")
    draw.arc([part * size for part in (0.43, 0.45, 0.57, 0.59)], 25, 155, fill="#1d1c22", width=size // 90)
    written = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()
