"""How readable a page is: sharpness, light, size."""

from PIL import Image, ImageFilter, ImageStat

from app.gateways.scanner.pages import Quality

MEASURED_SIDE = 1000
BLURRED_BELOW = 60.0
DARK_ABOVE = 0.72
BRIGHT_BELOW = 0.004
_LAPLACIAN = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, -4, 1, 0, 1, 0), scale=1, offset=128)


def quality_of(picture: Image.Image, *, short_side: int, wanted: int) -> Quality:
    """Measure one page; ``short_side`` and ``wanted`` in pixels, sharpness at 1000 px length.

    The thresholds are warnings for people, found on photographed documents; never a refusal.
    """
    grey = picture.convert("L")
    grey.thumbnail((MEASURED_SIDE, MEASURED_SIDE))
    sharpness = _sharpness(grey)
    dark = 1 - ImageStat.Stat(grey).mean[0] / 255
    found = {
        "small": short_side < wanted,
        "blurred": sharpness < BLURRED_BELOW,
        "dark": dark > DARK_ABOVE,
        "bright": dark < BRIGHT_BELOW,
    }
    warnings = tuple(word for word, is_so in found.items() if is_so)
    return Quality(round(sharpness, 2), round(dark, 3), short_side, warnings)


def _sharpness(grey: Image.Image) -> float:
    edges = grey.filter(_LAPLACIAN)
    # The filter leaves the outermost pixels as they were.
    inner = edges.crop((1, 1, max(2, edges.width - 1), max(2, edges.height - 1)))
    return float(ImageStat.Stat(inner).var[0])
