"""Keep what people prove at the counter."""

import sqlalchemy as sa
from alembic import op

revision = "20261122f"
down_revision = "20261122e"
branch_labels = None
depends_on = None

OPEN = "status IN ('approved', 'in_review', 'returned', 'second_review', 'submitted')"
BARRING = f"{OPEN} AND (capacity = 'self' OR relation_confirmed_at IS NOT NULL)"
UNDECIDED = "state = 'unknown'"


def _key() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Keep consents, identity tasks and changes of contact; free the holder of strangers."""
    op.add_column("applicant", sa.Column("identity_state", sa.String(32), nullable=True))
    op.add_column("applicant", _moment("payee_rests_until", nullable=True))
    for column in ("asked_index", "sent_index"):
        op.add_column("one_time_code", sa.Column(column, sa.String(32), nullable=True))
        op.create_index(f"ix_one_time_code_{column}", "one_time_code", [column])
    _open_cases(BARRING)
    op.create_index(
        "one_open_case_a_person", "application", ["account_id", "applicant_id"], unique=True,
        sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN),
    )  # fmt: skip
    _consents()
    _tasks()
    _contacts()


def downgrade() -> None:
    """Take it back; the tables' rows are lost."""
    for table in ("contact_change", "identity_task", "agreement_consent"):
        op.drop_table(table)
    op.drop_index("one_open_case_a_person", "application")
    _open_cases(OPEN)
    for column in ("asked_index", "sent_index"):
        op.drop_index(f"ix_one_time_code_{column}", "one_time_code")
        op.drop_column("one_time_code", column)
    op.drop_column("applicant", "payee_rests_until")
    op.drop_column("applicant", "identity_state")


def _open_cases(where: str) -> None:
    op.drop_index("one_open_case_an_account", "application")
    op.create_index(
        "one_open_case_an_account", "application", ["account_id"], unique=True,
        sqlite_where=sa.text(where), postgresql_where=sa.text(where),
    )  # fmt: skip


def _consents() -> None:
    op.create_table(
        "agreement_consent",
        sa.Column("id", _key(), nullable=False),
        sa.Column("applicant_id", _key(), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        _moment("at"),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "applicant_id", "agency_id", "version", name="one_consent_a_version"
        ),
    )
    for column in ("agency_id", "applicant_id"):
        op.create_index(f"ix_agreement_consent_{column}", "agreement_consent", [column])


def _tasks() -> None:
    op.create_table(
        "identity_task",
        sa.Column("id", _key(), nullable=False),
        sa.Column("applicant_id", _key(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("why", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("asked_at"),
        _moment("next_at", nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        _moment("decided_at", nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("agency_id", "applicant_id", "decided_by", "next_at"):
        op.create_index(f"ix_identity_task_{column}", "identity_task", [column])
    op.create_index(
        "one_open_identity_task", "identity_task", ["applicant_id"], unique=True,
        sqlite_where=sa.text(UNDECIDED), postgresql_where=sa.text(UNDECIDED),
    )  # fmt: skip


def _contacts() -> None:
    op.create_table(
        "contact_change",
        sa.Column("id", _key(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("applicant_id", _key(), nullable=True),
        sa.Column("id_number_index", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("mobile_sealed", sa.Text(), nullable=False),
        sa.Column("mobile_index", sa.String(32), nullable=False),
        sa.Column("old_mobile_sealed", sa.Text(), nullable=True),
        _moment("asked_at"),
        _moment("ends_at"),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        _moment("checked_at", nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        _moment("decided_at", nullable=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seal_id", sa.String(16), nullable=False),
        sa.Column("agency_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"]),
        sa.ForeignKeyConstraint(["applicant_id"], ["applicant.id"]),
        sa.ForeignKeyConstraint(["checked_by"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["decided_by"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    for column in (
        "agency_id", "applicant_id", "checked_by", "decided_by", "mobile_index", "state",
    ):  # fmt: skip
        op.create_index(f"ix_contact_change_{column}", "contact_change", [column])
