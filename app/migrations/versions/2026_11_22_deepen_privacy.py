"""Keep what people ask about their data, seal the names of their files, mark what is scrubbed."""

import sqlalchemy as sa
from alembic import op

from app import sealing

revision = "20261122g"
down_revision = "20261122f"
branch_labels = None
depends_on = None

OPEN = "answered_at IS NULL"
BATCH = 1000


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Make the tables; the names of uploads, which carry people's names, are sealed."""
    op.add_column("applicant", _moment("closed_at"))
    op.add_column("application", _moment("scrubbed_at"))
    op.add_column("material_page", _moment("purged_at"))
    op.add_column("material_page", sa.Column("original_name_sealed", sa.Text(), nullable=True))
    _seal_names()
    with op.batch_alter_table("material_page") as table:
        table.drop_column("original_name")
    _exports()
    _corrections()


def downgrade() -> None:
    """Open the names again; what people asked is lost."""
    op.drop_table("correction_request")
    op.drop_table("data_export")
    op.add_column(
        "material_page",
        sa.Column("original_name", sa.String(200), nullable=False, server_default="upload"),
    )
    _open_names()
    with op.batch_alter_table("material_page") as table:
        table.alter_column("original_name", server_default=None)
        table.drop_column("original_name_sealed")
        table.drop_column("purged_at")
    op.drop_column("application", "scrubbed_at")
    op.drop_column("applicant", "closed_at")


def _exports() -> None:
    op.create_table(
        "data_export",
        sa.Column("id", _key(), nullable=False),
        sa.Column("applicant_id", _key(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("storage_key", sa.String(100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("requested_at", nullable=False),
        _moment("ready_at"),
        _moment("expires_at"),
        _moment("downloaded_at"),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("storage_key"),
    )
    for column in ("applicant_id", "status"):
        op.create_index(f"ix_data_export_{column}", "data_export", [column])


def _corrections() -> None:
    op.create_table(
        "correction_request",
        sa.Column("id", _key(), nullable=False),
        sa.Column("applicant_id", _key(), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("wanted_sealed", sa.Text(), nullable=True),
        sa.Column("why_sealed", sa.Text(), nullable=True),
        _moment("created_at", nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _moment("answered_at"),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("answer_sealed", sa.Text(), nullable=True),
        sa.Column("seal_id", sa.String(16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["answered_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("agency_id", "answered_by", "applicant_id"):
        op.create_index(f"ix_correction_request_{column}", "correction_request", [column])
    op.create_index(
        "one_open_correction_a_value", "correction_request", ["applicant_id", "subject"],
        unique=True, sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
    )  # fmt: skip
    op.create_index(
        "corrections_by_day", "correction_request", ["agency_id", "answered_at", "due_on"]
    )


PAGES = sa.table(
    "material_page",
    sa.column("id", sa.BigInteger),
    sa.column("seal_id", sa.String),
    sa.column("original_name", sa.String),
    sa.column("original_name_sealed", sa.Text),
)


def _place(seal_id: str) -> str:
    return f"material_page.original_name.{seal_id}"


def _seal_names() -> None:
    ring = sealing.ring()
    for row in _rows(PAGES.c.original_name):
        sealed = ring.seal(row.original_name.encode(), _place(row.seal_id))
        _write(row.id, {"original_name_sealed": sealed})


def _open_names() -> None:
    ring = sealing.ring()
    for row in _rows(PAGES.c.original_name_sealed):
        if row.original_name_sealed:
            name = ring.open(row.original_name_sealed, _place(row.seal_id)).decode()
            _write(row.id, {"original_name": name})


def _rows(column: sa.ColumnClause[object]) -> list[sa.Row[tuple[object, ...]]]:
    found: list[sa.Row[tuple[object, ...]]] = []
    last = 0
    while batch := op.get_bind().execute(
        sa.select(PAGES.c.id, PAGES.c.seal_id, column)
        .where(PAGES.c.id > last).order_by(PAGES.c.id).limit(BATCH)
    ).all():  # fmt: skip
        found += batch
        last = batch[-1].id
    return found


def _write(row_id: int, values: dict[str, str]) -> None:
    op.get_bind().execute(sa.update(PAGES).where(PAGES.c.id == row_id).values(values))
