"""Every paper that people upload has a fitting specimen and a sentence of what must be seen."""

import csv
from pathlib import Path

import pytest

from app.display import specimens

ROOT = Path(specimens.__file__).parents[1]
PAPERS = [
    (folder.name, row)
    for folder in sorted((ROOT / "packages").iterdir())
    if (folder / "materials.csv").exists()
    for row in csv.DictReader((folder / "materials.csv").read_text("utf-8").splitlines())
    if row["origin"] == "upload"
]


def test_only_the_paper_that_may_be_anything_has_no_kind_of_its_own():
    unknown = {row["slug"] for _, row in PAPERS if row["slug"] not in specimens.KINDS}

    assert unknown == {"supplement"}


def test_every_paper_says_in_both_languages_what_must_be_seen():
    assert [row["slug"] for _, row in PAPERS if not (row["help_zh"] and row["help_en"])] == []


@pytest.mark.parametrize("kind", [*specimens.WORDS])
def test_the_pictures_of_a_kind_are_there(kind):
    drawn = specimens.DRAWN.get(kind, kind)
    which = ["good", "bad", *(["back"] if kind in specimens.BACKS else [])]

    assert all((ROOT / f"static/specimens/{drawn}-{one}.svg").exists() for one in which)


def test_a_paper_with_two_sides_shows_both(app):
    with app.test_request_context():
        shown = specimens.specimens_of("heir_id_document")

    assert [one.is_right for one in shown] == [True, True, False]
    assert shown[1].words
