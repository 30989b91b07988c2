"""Compile the words; with ``--list`` show what is missing, with ``--complete`` insist on it."""

import sys

from app.translations import compile_words, untranslated


def main(option: str = "") -> int:
    """Compile, and tell what is not translated; return the code of the exit."""
    compile_words()
    if option not in ("--list", "--complete"):
        return 0
    missing = untranslated()
    for line in missing:
        sys.stdout.write(f"{line}\n")
    return 1 if missing and option == "--complete" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
