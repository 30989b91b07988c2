"""Bar 9: the tests can fail: each of eight faults in the code of money turns them red."""

import pytest

from tests.bars import FULL
from tests.faults.planted import FAULTS, RED, ROOT, copy_to, heal, outcome, plant


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_there_is_one_place_for_every_fault(fault):
    assert (ROOT / fault.path).read_text(encoding="utf-8").count(fault.right) == 1


@pytest.mark.skipif(not FULL, reason="eight runs in a copy of the hall: ANJU_BARS=full")
@pytest.mark.bar(9)
@pytest.mark.timeout(0)
def test_every_planted_fault_turns_the_tests_red(tmp_path, record_property):
    copy_to(tmp_path)
    every = tuple(sorted({path for fault in FAULTS for path in fault.tests}))
    assert outcome(tmp_path, every) == 0
    found = []
    for fault in FAULTS:
        plant(tmp_path, fault)
        if outcome(tmp_path, fault.tests) == RED:
            found.append(fault)
        heal(tmp_path, fault)

    record_property("number", f"{len(FAULTS)} faults planted, {len(found)} found")
    assert found == [*FAULTS]
