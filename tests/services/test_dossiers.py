"""The file of a case: asked for, made part by part, whole for oversight, masked for its owner."""

import datetime as dt
import hashlib
import io
import json
import subprocess
import sys
import tracemalloc
import zipfile

import pytest
import sqlalchemy as sa

from app import outside
from app.domain.errors import IllegalMove, Invalid, NotAllowed
from app.domain.terms import ExportStatus, Role
from app.jobs.dossiers import make_dossiers
from app.jobs.money_days import close_all
from app.jobs.payouts import run_payouts
from app.jobs.retention import run_retention
from app.models import Applicant, AuditEvent, Dossier, Material, MaterialPage, MaterialType
from app.services.dossiers import packing, requests
from app.services.review import flags
from tests.factories import NOON, actor_of, make_account, make_staff
from tests.money import PaperBank, make_approved

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 400
REASON = "年度内部审计抽查"


@pytest.fixture
def case(session, ana, chen, dai, clock):
    """Ana's paid case with a paper and a note of a colleague."""
    account = make_account(session, session.get_one(Applicant, ana.applicant_id), 90_000)
    made = make_approved(session, chen, dai, account=account)
    material(session, made)
    flags.add_note(session, made, actor=chen, now=NOON, text="电话核实过")
    session.commit()
    run_payouts(PaperBank(clock), now=NOON)
    session.expire_all()
    return made


@pytest.fixture
def auditor(session):
    """Somebody who audits the agency."""
    member = make_staff(session, "eve", Role.AUDITOR)
    session.commit()
    return actor_of(session, member)


def material(session, case):
    kind = session.scalars(
        sa.select(MaterialType).where(MaterialType.scheme_id == case.scheme_id)
    ).first()
    paper = Material(
        application_id=case.id, agency_id=case.agency_id, material_type_id=kind.id,
        material_code=kind.code, origin="upload", created_at=NOON,
    )  # fmt: skip
    key = f"{case.agency_id}/2026/11/18/{'ab' * 16}"
    page = MaterialPage(
        material=paper, agency_id=case.agency_id, storage_key=key, source_sha256="0" * 64,
        sha256=hashlib.sha256(PICTURE).hexdigest(), width=8, height=8, bytes=len(PICTURE),
        uploaded_at=NOON,
    )  # fmt: skip
    session.add_all([paper, page])
    outside.storage().put(key, PICTURE)


def made(session, ask):
    """Ask for a file, let the worker make it, and open it."""
    row = ask()
    session.commit()
    assert make_dossiers(now=NOON) == 1
    session.expire_all()
    parts = requests.stream(row.storage_key, row.parts, storage=outside.storage())
    return row, b"".join(parts)


def own(session, case, ana):
    return made(session, lambda: requests.ask_own(session, case.id, actor=ana, now=NOON))


def full(session, case, auditor):
    return made(
        session,
        lambda: requests.ask(session, case.id, reason=REASON, actor=auditor, now=NOON),
    )


def opened(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return archive, json.loads(archive.read("case.json"))


@pytest.mark.both
def test_the_file_holds_page_papers_receipt_sums_and_verifier(session, case, ana):
    row, data = own(session, case, ana)

    archive, record = opened(data)
    page = archive.read("index.html").decode()
    [picture] = [name for name in archive.namelist() if name.startswith("materials/")]
    assert (row.done, row.steps, row.size) == (2, 2, len(data))
    assert archive.read(picture) == PICTURE
    assert picture in page
    assert "申请金额 Amount asked" in page
    assert "amount_asked" not in page
    assert "://" not in page
    assert "<script" not in page
    assert record["payments"][0]["amount"] == "5000.00"
    assert {"receipt.pdf", "receipt.json", "anju_verify.py"} < set(archive.namelist())


@pytest.mark.whole
def test_the_owner_reads_no_names_notes_and_full_numbers(session, case, ana, chen):
    person = case.applicant
    _row, data = own(session, case, ana)

    archive, record = opened(data)
    said = archive.read("index.html").decode() + json.dumps(record, ensure_ascii=False)
    assert chen.name not in said
    assert "电话核实过" not in said
    assert person.id_number not in said
    assert case.payee_card not in said
    assert "notes" not in record


@pytest.mark.whole
def test_oversight_reads_everything_and_the_audit_says_why(session, case, auditor, chen):
    _row, data = full(session, case, auditor)

    _archive, record = opened(data)
    assert record["applicant"]["document_number"] == case.applicant.id_number
    assert record["notes"][0] == {
        "at": NOON.astimezone(dt.UTC).isoformat(), "by": chen.name, "text": "电话核实过",
    }  # fmt: skip
    acts = session.execute(
        sa.select(AuditEvent.act, AuditEvent.reason)
        .where(AuditEvent.act.like("dossier%"))
        .order_by(AuditEvent.id)
    ).all()
    assert acts == [("dossier_asked", REASON), ("dossier_made", REASON)]


@pytest.mark.whole
def test_strangers_and_other_roles_get_nothing(session, case, ana, bo, chen, auditor):
    row, _data = full(session, case, auditor)
    far = actor_of(session, make_staff(session, "far", Role.AUDITOR, agency="liaoning"))

    for actor in (bo, ana, chen, far):
        with pytest.raises(NotAllowed):
            requests.fetch(session, row.id, actor=actor, now=NOON)
    for actor in (bo, chen, far):
        with pytest.raises(NotAllowed):
            requests.ask(session, case.id, reason=REASON, actor=actor, now=NOON)
    with pytest.raises(NotAllowed):
        requests.ask_own(session, case.id, actor=bo, now=NOON)
    with pytest.raises(Invalid):
        requests.ask(session, case.id, reason=" 1 ", actor=auditor, now=NOON)
    assert requests.fetch(session, row.id, actor=auditor, now=NOON).id == row.id


@pytest.mark.whole
@pytest.mark.both
def test_one_is_made_at_a_time_and_only_once(session, case, ana):
    requests.ask_own(session, case.id, actor=ana, now=NOON)
    session.commit()
    with pytest.raises(IllegalMove):
        requests.ask_own(session, case.id, actor=ana, now=NOON)
    session.rollback()

    assert (make_dossiers(now=NOON), make_dossiers(now=NOON)) == (1, 0)


@pytest.mark.whole
def test_after_its_days_the_file_is_gone_and_nobody_fetches_it(session, case, ana):
    row, _data = own(session, case, ana)
    later = NOON + dt.timedelta(days=8)
    with pytest.raises(NotAllowed):
        requests.fetch(session, row.id, actor=ana, now=later)

    run_retention(now=later)

    session.expire_all()
    assert session.get_one(Dossier, row.id).status is ExportStatus.EXPIRED
    assert not [*outside.storage().kept(requests.PLACE)]


def test_the_file_proves_itself_and_names_what_was_changed(session, case, ana, tmp_path):
    close_all(now=NOON + dt.timedelta(days=1))
    _row, data = own(session, case, ana)
    folder = tmp_path / "case"
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)

    def check():
        script = [sys.executable, "-I", "-S", folder / "anju_verify.py", folder]
        ran = subprocess.run(script, capture_output=True, text=True, timeout=30)
        return ran.returncode, ran.stdout

    assert check()[0] == 0
    assert "receipt HD" in check()[1]
    (folder / "case.json").write_text("{}")
    assert check() == (1, f"BROKEN  {folder}: case.json was changed\n")
    (folder / "case.json").unlink()
    assert check() == (1, f"BROKEN  {folder}: case.json is missing\n")


def test_a_large_file_is_written_in_parts_and_takes_no_memory(app, session):
    class Counting:
        kept: dict[str, int] = {}

        def put(self, key, data):
            self.kept[key] = len(data)

    out = packing.PartWriter(Counting(), "dossiers/x")
    tracemalloc.start()
    for _ in range(200):
        out.write(bytes(300_000))
    kept = out.finish()
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (kept.parts, kept.size) == (len(Counting.kept), 60_000_000)
    assert peak < 4 * packing.PART
