#!/usr/bin/env python3
"""Check what the hall hands out, with nothing but Python: days of money, receipts, case files.

    python3 anju_verify.py [--root HASH] FILE…

A FILE is a day of money (``anju-money-….jsonl.gz``), a chain of days (``anju-chain-….jsonl``), a
receipt (PDF or its JSON) or a case file (zip, or the folder it was unpacked to). A receipt is
proven to belong to a day; that the day is the hall's own is proven by a day or a chain among the
files, or by ``--root`` with a root got elsewhere. Where a root is given, files vouch for nothing
by themselves: a day must have it, or stand before it in a chain among the files. One line a file
says what was found; the exit is 0 when all of it holds and 1 when anything does not.

The tree over the rows of a day is that of RFC 6962: SHA-256 over 0x00 and a row, over 0x01 and
two nodes; a node without a neighbour moves up.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

DAY, CHAIN, RECEIPT = "money-day/1", "money-chain/1", "receipt/1"
SUMS = "SHA256SUMS"
FIRST = "0" * 64
"""What stands before the first day."""

MOST_BYTES = 1 << 28
"""Nothing that is unpacked may be larger."""

ORDER = (CHAIN, DAY)
"""What is gone through first: it proves what comes after."""

SEALED = ("agency", "audit", "day", "previous", "rows", "tree")
"""What the root of a day is taken over."""


class Broken(Exception):
    """Something is not what it says it is; the text names it."""


def canonical(value: Any) -> str:
    """Return JSON with keys in order and nothing between; the same value, the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def leaf_hash(text: str) -> str:
    """Return the hash of a row."""
    return hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def node_hash(left: str, right: str) -> str:
    """Return the hash of a node over two others."""
    return hashlib.sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def tree_hash(leaves: list[str]) -> str:
    """Return the hash of the tree over the hashes of rows."""
    if not leaves:
        return hashlib.sha256(b"").hexdigest()
    level = leaves
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: list[str], place: int) -> list[str]:
    """Return the way from a row to the top: its neighbours, ``<`` on the left, ``>`` right."""
    level, way = leaves, []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            way.append(("<" if beside < place else ">") + level[beside])
        level, place = _above(level), place // 2
    return way


def climb(leaf: str, way: Iterable[str]) -> str:
    """Return the hash of the tree to which a way leads from a row."""
    for step in way:
        leaf = node_hash(step[1:], leaf) if step[0] == "<" else node_hash(leaf, step[1:])
    return leaf


def _above(level: list[str]) -> list[str]:
    pairs = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return pairs + level[len(pairs) * 2 :]


def root_of(seal: dict[str, Any]) -> str:
    """Return the root of a day: over its tree, the root before and the day's audit."""
    return digest(canonical({name: seal[name] for name in SEALED}))


def check_seal(seal: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the last line of a day or raise ``Broken``."""
    missing = [name for name in (*SEALED, "root") if name not in seal]
    if seal.get("anju") != DAY or missing:
        raise Broken(f"{where} is not the seal of a day")
    if root_of(seal) != seal["root"]:
        raise Broken(f"{where}: the root of {seal['day']} is not that of its contents")
    return seal


def check_day(lines: Iterable[str]) -> dict[str, Any]:
    """Prove a day of money and return its seal; raises ``Broken`` naming the row."""
    leaves: list[str] = []
    seal: dict[str, Any] = {}
    for number, line in enumerate(lines, start=1):
        row = _object(line, f"line {number}")
        if seal:
            raise Broken(f"line {number} stands after the seal of the day")
        if row.get("anju") == DAY:
            seal = row
            continue
        text = str(row.get("row"))
        if leaf_hash(text) != row.get("hash"):
            raise Broken(f"line {number} ({said(text)}) is not what was written")
        leaves.append(row["hash"])
    if not seal:
        raise Broken("the seal of the day is missing: the file is cut off")
    if seal.get("rows") != len(leaves):
        raise Broken(f"{seal.get('rows')} rows were sealed, {len(leaves)} are there")
    if tree_hash(leaves) != seal.get("tree"):
        raise Broken("rows were exchanged: they do not make the tree of the day")
    return check_seal(seal, "the last line")


def check_chain(seals: Iterable[dict[str, Any]]) -> int:
    """Prove that sealed days of one agency follow each other; return how many they are."""
    count, last, day = 0, "", ""
    for seal in seals:
        check_seal(seal, f"day {count + 1}")
        if count and seal["previous"] != last:
            raise Broken(
                f"{seal['day']} does not follow {day}: a day is missing or was changed"
            )
        count, last, day = count + 1, seal["root"], seal["day"]
    return count


def check_receipt(receipt: dict[str, Any]) -> dict[str, Any]:
    """Prove that a receipt belongs to the day it names; return the day's seal."""
    facts, proof = receipt.get("facts"), receipt.get("proof")
    if receipt.get("anju") != RECEIPT or not isinstance(facts, dict):
        raise Broken("this is not a receipt of the hall")
    if not isinstance(proof, dict):
        raise Broken("not proven yet: its day was not closed; save the receipt again later")
    row = _object(str(proof.get("row")), "the row of the receipt")
    if row.get("facts") != digest(canonical(facts)) or row.get("receipt") != facts.get(
        "number"
    ):
        raise Broken("what it says was changed: it is not what the day of money holds")
    seal = check_seal(dict(proof.get("day") or {}), "the day of the receipt")
    way = proof.get("way")
    if not isinstance(way, list) or not all(
        re.fullmatch("[<>][0-9a-f]{64}", str(step)) for step in way
    ):
        raise Broken("the way from the receipt to its day cannot be read")
    if climb(leaf_hash(str(proof["row"])), way) != seal["tree"]:
        raise Broken(f"it does not belong to the day {seal['day']}")
    return seal


def receipt_in(pdf: bytes) -> dict[str, Any]:
    """Return the JSON twin inside the PDF of a receipt."""
    for part in re.finditer(rb"/Type /EmbeddedFile\b.*?stream\r?\n", pdf, re.DOTALL):
        data = pdf[part.end() : pdf.find(b"endstream", part.end())]
        if b"/FlateDecode" in part.group():
            data = _inflated(data)
        return _object(data.decode(errors="replace"), "the attachment")
    raise Broken("no receipt of the hall is attached to this PDF")


def said(text: str) -> str:
    """Return what a row is about, in a few words."""
    row = _object(text, "a row") if text.startswith("{") else {}
    name = "receipt" if "receipt" in row else "entry"
    return f"{name} {row.get('receipt') or row.get('entry') or '?'}"


class Checker:
    """Goes through the files; remembers the roots that days and chains among them prove."""

    def __init__(self, roots: Iterable[str] = ()) -> None:
        self.roots = set(roots)
        self.is_given = self.is_anchored = bool(self.roots)

    def all(self, names: list[str]) -> Iterator[tuple[bool, str]]:
        """Give for each file whether it holds, and a line about it: chains, days, the rest."""
        parts = [(name, *_read(Path(name))) for name in names]
        for name, kind, found in sorted(parts, key=lambda part: _place(part[1])):
            try:
                yield True, f"ok      {name}: {self._one(kind, found)}"
            except Broken as why:
                yield False, f"BROKEN  {name}: {why}"
            except (
                Exception
            ) as fault:  # whatever was put into a file, the check says so and goes on
                yield False, f"BROKEN  {name}: it cannot be read ({type(fault).__name__})"

    def _one(self, kind: str, found: Any) -> str:
        if isinstance(found, Exception):
            raise found
        if kind == RECEIPT:
            return self._receipt(found)
        if kind == SUMS:
            return self._case_file(found)
        seals = [check_day(found)] if kind == DAY else list(found)
        count = check_chain(seals)
        if kind == CHAIN and seals and seals[0]["previous"] != FIRST:
            raise Broken(f"it begins with {seals[0]['day']}: days before it are missing")
        proven = self._proven(seals)
        if kind == DAY:
            return f"{seals[0]['day']}, {seals[0]['rows']} rows, root {seals[0]['root']}"
        told = f"{count} days follow each other, the last root {seals[-1]['root']}"
        if proven < count:
            told += f"; those after {seals[proven - 1]['day']} were compared with nothing"
        return told

    def _proven(self, seals: list[dict[str, Any]]) -> int:
        """Keep the roots that a day or chain proves; return how many.

        Of given roots one must be in it: a root proves its own day and those before, none after.
        """
        roots = [seal["root"] for seal in seals]
        while self.is_given and roots and roots[-1] not in self.roots:
            roots.pop()
        if not roots:
            raise Broken(f"no root of it is one of those it was compared with: {_days(seals)}")
        self.roots.update(roots)
        self.is_anchored = True
        return len(roots)

    def _receipt(self, receipt: dict[str, Any]) -> str:
        seal, facts = check_receipt(receipt), receipt["facts"]
        if self.is_anchored and seal["root"] not in self.roots:
            raise Broken(f"the root of {seal['day']} is none of those it was compared with")
        told = ", ".join(str(facts.get(name, "")) for name in ("amount", "payee", "card"))
        proven = "in" if self.is_anchored else "in (its root was compared with nothing)"
        return f"receipt {facts['number']} ({told}) {proven} {seal['day']}, root {seal['root']}"

    def _case_file(self, files: dict[str, Any]) -> str:
        """Compare every file with the list; its receipt is proven when its day was closed."""
        listed = dict(
            reversed(line.split("  ", 1)) for line in files[SUMS]().decode().splitlines()
        )
        for name in sorted(set(listed) ^ (set(files) - {SUMS})):
            raise Broken(
                f"{name} is missing" if name in listed else f"{name} is not in the list"
            )
        for name, kept in listed.items():
            if hashlib.sha256(files[name]()).hexdigest() != kept:
                raise Broken(f"{name} was changed")
        told = f"{len(listed)} files are as they were packed"
        if "receipt.json" in listed:
            receipt = _object(files["receipt.json"]().decode(), "receipt.json")
            told += (
                f"; {self._receipt(receipt)}" if receipt.get("proof") else "; receipt not final"
            )
        return told


def _place(kind: str) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _days(seals: list[dict[str, Any]]) -> str:
    days = dict.fromkeys(str(seal["day"]) for seal in (seals[:1] + seals[-1:]))
    return " to ".join(days)


def _read(path: Path) -> tuple[str, Any]:
    """Return what a file is and its contents, or the fault that kept it from being read."""
    try:
        return _contents(path)
    except Exception as fault:  # told in the line of this file
        return "", fault


def _contents(path: Path) -> tuple[str, Any]:
    if path.is_dir():
        files = {str(PurePosixPath(one.relative_to(path))): one.read_bytes
                 for one in path.rglob("*") if one.is_file()}  # fmt: skip
        return _sums(files)
    with path.open("rb") as file:
        begin = file.read(4)
    if begin == b"PK\x03\x04":
        packed = zipfile.ZipFile(path)
        if len(set(packed.namelist())) < len(packed.namelist()):
            raise Broken("a name is in it twice")
        return _sums({
            one.filename: (lambda one=one: packed.read(one)) for one in packed.infolist()
        })  # fmt: skip
    if begin.startswith(b"\x1f\x8b"):
        return DAY, gzip.open(path, "rt", encoding="utf-8", newline="\n")
    if begin == b"%PDF":
        return RECEIPT, receipt_in(path.read_bytes())
    lines = path.read_text(encoding="utf-8").strip().split("\n")
    rows = (
        [_object(line, f"line {at}") for at, line in enumerate(lines, start=1)]
        if len(lines) > 1 and lines[0].endswith("}")
        else [_object("\n".join(lines), "it")]
    )
    if rows[0].get("anju") == CHAIN:
        if rows[0].get("days") != len(rows) - 1:
            raise Broken(f"{rows[0].get('days')} days were sealed, {len(rows) - 1} are there")
        return CHAIN, rows[1:]
    return RECEIPT, rows[0]


def _sums(files: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    if SUMS not in files:
        raise Broken(f"there is no {SUMS} in it")
    return SUMS, files


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Broken(f"{what} cannot be read")
    return found


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MOST_BYTES)
    except zlib.error as fault:
        raise Broken("the attachment cannot be unpacked") from fault


def main(arguments: list[str] | None = None) -> int:
    """Check the files named on the command line; return 0 when all hold, else 1."""
    names = list(sys.argv[1:] if arguments is None else arguments)
    roots = []
    while "--root" in names[:-1]:
        at = names.index("--root")
        roots.append(names.pop(at + 1).lower())
        names.pop(at)
    if not names or {"-h", "--help"} & set(names):
        sys.stdout.write(f"{__doc__}\n")
        return 0 if names else 1
    is_sound = True
    for holds, line in Checker(roots).all(names):
        is_sound = is_sound and holds
        sys.stdout.write(f"{line}\n")
    return 0 if is_sound else 1


if __name__ == "__main__":
    sys.exit(main())
