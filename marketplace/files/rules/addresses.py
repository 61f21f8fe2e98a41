"""Where a picture is found: addresses that never mean anything else. Pure."""

import uuid

SIZES = ("small", "medium", "large")


def addresses(picture_id: uuid.UUID, *, site: str = "") -> dict[str, str]:
    """By size, below `site`."""
    return {size: f"{site}/pictures/{picture_id}/{size}.webp" for size in SIZES}
