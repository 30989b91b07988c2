"""The long texts of a package: notice, agreement, privacy notice, commitment letter."""

import re
from collections.abc import Mapping
from pathlib import Path

from app.packages.files import text_of
from app.packages.problems import Findings
from app.packages.vocabulary import PLACEHOLDERS

LANGUAGES = ("zh", "en")

_BRACES = re.compile(r"\{([^{}\n]*)\}")


def placeholders_of(text: str) -> frozenset[str]:
    """Return the names that stand in braces."""
    return frozenset(_BRACES.findall(text))


def read_texts(folder: Path, findings: Findings) -> Mapping[tuple[str, str], str]:
    """Return every text of the package by name and language (``zh``, ``en``)."""
    texts: dict[tuple[str, str], str] = {}
    for name, known in PLACEHOLDERS.items():
        for language in LANGUAGES:
            text = _text_of(folder / f"{name}.{language}.md", known, findings)
            if text is not None:
                texts[name, language] = text
        _check_same_placeholders(name, texts, findings)
    return texts


def _text_of(path: Path, known: frozenset[str], findings: Findings) -> str | None:
    """Return one text after noting what is wrong with it, or None when there is none."""
    text = text_of(path, findings)
    if text is None:
        return None
    if not text.strip():
        findings.add(path.name, 0, "", "文本为空", "the text is empty")
    for number, line in enumerate(text.splitlines(), start=1):
        for placeholder in sorted(placeholders_of(line) - known):
            findings.add(
                path.name, number, placeholder, "不认识的占位符", "unknown placeholder"
            )
    return text


def _check_same_placeholders(
    name: str, texts: Mapping[tuple[str, str], str], findings: Findings
) -> None:
    """Note what one language tells and the other leaves out."""
    found = {lang: placeholders_of(texts.get((name, lang), "")) for lang in LANGUAGES}
    if any((name, language) not in texts for language in LANGUAGES):
        return
    for language, other in (LANGUAGES, LANGUAGES[::-1]):
        for placeholder in sorted(found[other] - found[language]):
            findings.add(
                f"{name}.{language}.md", 0, placeholder,
                "另一种语言的文本有此占位符",
                "the text in the other language has this placeholder",
            )  # fmt: skip
