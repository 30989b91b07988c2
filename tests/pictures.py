"""Pictures for tests: sharp enough to pass, each one different."""

import functools
import io
import random

from PIL import Image


@functools.cache
def make_picture(seed: int = 1, *, size: tuple[int, int] = (840, 800)) -> bytes:
    """Return a JPEG of coloured blocks, as large as a photographed paper."""
    draw = random.Random(seed)
    small = Image.new("RGB", (size[0] // 20, size[1] // 20))
    small.putdata([tuple(draw.randrange(256) for _ in range(3))
                   for _ in range(small.width * small.height)])  # fmt: skip
    kept = io.BytesIO()
    small.resize(size, Image.Resampling.NEAREST).save(kept, "JPEG", quality=80)
    return kept.getvalue()
