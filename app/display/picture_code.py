"""How a picture code looks and sounds: a few digits, drawn unevenly or spoken in noise."""

import secrets
from functools import cache
from io import BytesIO

from captcha.audio import WAVE_SAMPLE_RATE, AudioCaptcha, patch_wave_header
from captcha.image import ImageCaptcha

INK, PAPER = (255, 255, 255), (16, 60, 110)
NOISE = bytes(126 + value % 5 for value in range(256))
"""Random bytes become a soft hiss around the middle of the wave."""

_PAUSE = WAVE_SAMPLE_RATE * 3 // 5


def image(digits: str) -> bytes:
    """Return the code as a PNG of 160 by 60 pixels."""
    drawn = ImageCaptcha().create_captcha_image(digits, INK, PAPER)
    kept = BytesIO()
    ImageCaptcha.create_noise_curve(drawn, INK).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def sound(digits: str) -> bytes:
    """Return the code spoken digit by digit in English, as a WAV of some seconds."""
    speaker = _speaker()
    parts = [_hiss(_PAUSE)]
    for digit in digits:
        parts += [speaker.voice(digit), _hiss(_PAUSE)]
    return bytes(patch_wave_header(bytearray().join(parts)))


def _hiss(length: int) -> bytearray:
    return bytearray(secrets.token_bytes(length).translate(NOISE))


class _Speaker(AudioCaptcha):
    """The library's voice without its noise, which takes a second to make."""

    def voice(self, digit: str) -> bytearray:
        """Return one digit, each time a little faster or slower, louder or softer."""
        return self._twist_pick(digit)


@cache
def _speaker() -> _Speaker:
    speaker = _Speaker()
    speaker.load()
    return speaker
