"""The verifier alone: every way to change an exported day, chain or receipt is named."""

import gzip
import json
import random
import subprocess
import sys
import zipfile

import pytest

from app import anju_verify
from app.anju_verify import Checker, canonical, digest, leaf_hash, path_of, root_of, tree_hash

CODE = "hd-1"


def sealed(day, texts, previous=anju_verify.FIRST):
    leaves = [leaf_hash(text) for text in texts]
    seal = {
        "anju": anju_verify.DAY, "agency": "anhui", "day": day, "rows": len(texts),
        "previous": previous, "tree": tree_hash(leaves), "audit": "",
    }  # fmt: skip
    return seal | {"root": root_of(seal)}, leaves


@pytest.fixture
def world(tmp_path):
    """Three days of rows, their chain, and a receipt of the second day."""
    facts = {"number": CODE, "amount": "5000.00", "payee": "张*", "card": "**** 1234"}
    receipt = canonical({"id": 1, "receipt": CODE, "facts": digest(canonical(facts))})
    days = [[canonical({"entry": n}) for n in range(5)], [receipt], []]
    days[1] = [canonical({"entry": n}) for n in range(5, 11)] + [receipt]
    seals, previous = [], anju_verify.FIRST
    for number, texts in enumerate(days):
        seal, leaves = sealed(f"2026-11-{18 + number}", texts, previous)
        previous = seal["root"]
        seals.append(seal)
        rows = [{"hash": leaf, "row": text} for leaf, text in zip(leaves, texts, strict=True)]
        write_day(tmp_path / f"day{number}.jsonl.gz", [*rows, seal])
    leaves = [leaf_hash(text) for text in days[1]]
    proof = {"row": receipt, "way": path_of(leaves, 6), "day": seals[1]}
    twin = {"anju": anju_verify.RECEIPT, "facts": facts, "proof": proof}
    (tmp_path / "receipt.json").write_text(json.dumps(twin, ensure_ascii=False, indent=1))
    head = {"anju": anju_verify.CHAIN, "agency": "anhui", "days": 3}
    write_chain(tmp_path / "chain.jsonl", [head, *seals])
    return tmp_path


def write_day(path, lines):
    path.write_bytes(gzip.compress("".join(f"{json.dumps(one)}\n" for one in lines).encode()))


def read_day(path):
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def write_chain(path, lines):
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines))


def read_chain(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def checked(*files, roots=()):
    return [*Checker(roots).all([str(one) for one in files])]


def broken(*files, roots=()):
    return [line for holds, line in checked(*files, roots=roots) if not holds]


def test_what_was_exported_holds_in_any_order(world):
    files = [world / "receipt.json", world / "chain.jsonl", *world.glob("day*")]

    assert broken(*files) == []
    assert len(checked(*files)) == 5


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 13, 64, 65])
def test_every_row_of_a_tree_has_a_way_to_its_top(count):
    leaves = [leaf_hash(str(number)) for number in range(count)]

    assert all(
        anju_verify.climb(leaves[place], path_of(leaves, place)) == tree_hash(leaves)
        for place in range(count)
    )
    assert len({tree_hash(leaves[:place]) for place in range(count + 1)}) == count + 1


CHANGES = {
    "is not what was written": lambda rows: rows[2].update(row='{"entry":99}'),
    "rows were sealed": lambda rows: rows.pop(2),
    "rows were exchanged": lambda rows: rows.insert(0, rows.pop(2)),
    "is cut off": lambda rows: rows.pop(),
    "stands after the seal": lambda rows: rows.append(rows[0]),
    "is not that of its contents": lambda rows: rows[-1].update(previous="1" * 64),
    "line 3 (entry 7)": lambda rows: rows[2].update(hash="0" * 64),
    "is not the seal of a day": lambda rows: rows[-1].pop("audit"),
}


@pytest.mark.parametrize("named", CHANGES)
def test_a_day_that_was_changed_is_named(world, named):
    rows = read_day(world / "day1.jsonl.gz")
    CHANGES[named](rows)
    write_day(world / "day1.jsonl.gz", rows)

    [line] = broken(world / "day1.jsonl.gz")
    assert named in line


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda lines: lines.pop(2), "3 days were sealed, 2 are there"),
        (lambda lines: (lines.pop(2), lines[0].update(days=2)), "2026-11-20 does not follow"),
        (lambda lines: lines[2].update(rows=8), "the root of 2026-11-19"),
        (lambda lines: (lines.pop(1), lines[0].update(days=2)), "days before it are missing"),
    ],
)
def test_a_chain_that_was_changed_is_named(world, change, named):
    lines = read_chain(world / "chain.jsonl")
    change(lines)
    write_chain(world / "chain.jsonl", lines)

    [line] = broken(world / "chain.jsonl")
    assert named in line


def test_a_receipt_of_a_made_up_day_is_not_among_the_roots(world):
    facts = {"number": "forged", "amount": "999999.00", "payee": "张*", "card": "**** 1234"}
    row = canonical({"id": 1, "receipt": "forged", "facts": digest(canonical(facts))})
    seal, _ = sealed("2026-11-19", [row])
    twin = {"anju": anju_verify.RECEIPT, "facts": facts,
            "proof": {"row": row, "way": [], "day": seal}}  # fmt: skip
    forged = world / "forged.json"
    forged.write_text(json.dumps(twin))

    assert "none of those" in broken(forged, world / "chain.jsonl")[0]
    assert "none of those" in broken(forged, roots=[tree_hash([])])[0]
    [(holds, line)] = checked(forged)
    assert holds
    assert "its root was compared with nothing" in line


@pytest.fixture
def forged(world):
    """A receipt of a made-up day, and the file of that day: each proves the other."""
    facts = {"number": "forged", "amount": "999999.00", "payee": "张*", "card": "**** 1234"}
    row = canonical({"id": 1, "receipt": "forged", "facts": digest(canonical(facts))})
    last = read_chain(world / "chain.jsonl")[-1]
    seal, leaves = sealed("2026-11-21", [row], last["root"])
    twin = {"anju": anju_verify.RECEIPT, "facts": facts,
            "proof": {"row": row, "way": [], "day": seal}}  # fmt: skip
    (world / "forged.json").write_text(json.dumps(twin))
    write_day(world / "forged.jsonl.gz", [{"hash": leaves[0], "row": row}, seal])
    return world / "forged.jsonl.gz", world / "forged.json", last["root"]


def test_a_forged_day_does_not_vouch_for_itself_beside_a_root(world, forged):
    day, receipt, root = forged

    assert "compared with" in broken(day, roots=[root])[0]
    assert len(broken(day, receipt, roots=[root])) == 2
    assert len(broken(receipt, world / "chain.jsonl", day, roots=[root])) == 2
    assert broken(day, receipt) == []


def test_days_after_the_given_root_are_not_proven_by_it(world, forged):
    day, receipt, root = forged
    head, *seals = read_chain(world / "chain.jsonl")
    longer = world / "longer.jsonl"
    write_chain(longer, [head | {"days": 4}, *seals, read_day(day)[-1]])

    [(holds, line), *others] = checked(receipt, day, longer, roots=[root])

    assert holds
    assert "after 2026-11-20 were compared with nothing" in line
    assert [holds for holds, _line in others] == [False, False]


def test_a_day_before_the_given_root_is_proven_by_its_chain(world):
    chain, root = world / "chain.jsonl", read_chain(world / "chain.jsonl")[-1]["root"]
    files = [world / "receipt.json", world / "day0.jsonl.gz", world / "day1.jsonl.gz"]

    assert broken(*files, chain, roots=[root]) == []
    assert len(broken(*files, roots=[root])) == 3
    assert len(broken(chain, roots=["ab" * 32])) == 1


def test_nothing_that_is_put_into_a_file_makes_it_fall_over(world):
    chance = random.Random(20261122)
    sources = [path.read_bytes() for path in sorted(world.iterdir())]
    sources += [
        gzip.decompress(sources[1]),
        b"%PDF-1.7 /Type /EmbeddedFile stream\nx",
        b"PK\x03\x04",
    ]
    target = world / "mutant"
    for _ in range(150):
        data = bytearray(chance.choice(sources))
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(data))
            data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
        target.write_bytes(
            data[: chance.randrange(len(data))] if chance.random() < 0.3 else data
        )
        [(_holds, line)] = checked(target)
        assert line.startswith(("ok", "BROKEN"))


@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", '{"anju":"receipt/1","facts":{}}', "[" * 9999]
)
def test_what_is_no_receipt_is_refused(world, text):
    target = world / "odd.json"
    target.write_text(text)

    assert len(broken(target)) == 1


def test_a_name_twice_in_a_case_file_is_named(world):
    target = world / "case.zip"
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("SHA256SUMS", "")
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("SHA256SUMS", "")

    assert "twice" in broken(target)[0]


def test_it_runs_without_the_hall_and_says_it_by_its_exit(world):
    def run(*files):
        script = [sys.executable, "-I", "-S", anju_verify.__file__, *files]
        ran = subprocess.run(script, capture_output=True, text=True, timeout=30)
        return ran.returncode, ran.stdout, ran.stderr

    assert run(world / "receipt.json", world / "chain.jsonl")[::2] == (0, "")
    assert run(world / "nothing.json")[::2] == (1, "")
    assert run()[0] == 1
    assert "anju_verify.py" in run("--help")[1]
