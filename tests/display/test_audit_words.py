"""What the audit tells of has a word in the reader's language."""

import re
from pathlib import Path

from app.screens.cells import listed
from app.screens.records import OBJECTS

SERVICES = Path(__file__).parents[2] / "app" / "services"


def test_everything_that_is_acted_on_has_a_word():
    told = {
        kind
        for source in SERVICES.rglob("*.py")
        for kind in re.findall(r'object_type="(\w+)"', source.read_text(encoding="utf-8"))
    }

    assert told >= {"application", "feedback", "journal_entry"}
    assert told <= set(OBJECTS)


def test_several_values_stand_beside_each_other_without_the_signs_of_the_machine(app):
    with app.test_request_context():
        assert listed(["security_officer", "x"]) == "安全管理员, x"
    assert listed("plain") == "plain"
