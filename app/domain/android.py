"""The Android packages that may show this hall as their own: name and fingerprints of the signer."""

import re
from dataclasses import dataclass

PACKAGE = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*)+")
FINGERPRINT = re.compile(r"[0-9A-F]{2}(:[0-9A-F]{2}){31}")
DEED = "delegate_permission/common.handle_all_urls"


@dataclass(frozen=True, slots=True)
class AndroidApp:
    """A package, and the SHA-256 of each certificate it may be signed with."""

    package: str
    fingerprints: tuple[str, ...]

    def statement(self) -> dict[str, object]:
        """Return the statement of Digital Asset Links that trusts it with every address."""
        return {
            "relation": [DEED],
            "target": {
                "namespace": "android_app",
                "package_name": self.package,
                "sha256_cert_fingerprints": list(self.fingerprints),
            },
        }


def read_android_apps(text: str) -> tuple[AndroidApp, ...]:
    """Return the packages of a setting: ``package fingerprint …``, several with ``;`` between.

    Raises ``ValueError`` with a sentence about what is not right.
    """
    return tuple(_read(one.split()) for one in text.split(";") if one.strip())


def _read(words: list[str]) -> AndroidApp:
    package, fingerprints = words[0], tuple(word.upper() for word in words[1:])
    if not PACKAGE.fullmatch(package):
        raise ValueError(f"{package!r} is not the name of a package, such as org.example.hall")
    wrong = [word for word in fingerprints if not FINGERPRINT.fullmatch(word)]
    if wrong or not fingerprints:
        raise ValueError(
            f"{package} needs the SHA-256 fingerprint of its certificate: "
            "32 pairs of hexadecimal digits with colons between"
        )
    return AndroidApp(package, fingerprints)
