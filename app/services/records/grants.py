"""Rights of the hall's own user of PostgreSQL: it reads and adds, and rewrites no record.

The guards are triggers; who owns a table may drop them. So the tables belong to one user of the
server, who migrates, and the hall works as another: this module gives that one what it needs.
What a guard refuses altogether is not granted, so that the server refuses it a second time.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.domain.errors import NotAllowed

READ_ONLY = frozenset({"alembic_version"})
"""What only a migration writes."""

HELD = frozenset({"journal_entry", "receipt"})
"""Tables held for a moment when a day of money is closed: PostgreSQL asks for a right to change
them. It is TRUNCATE, which the guard refuses for every row or none."""

DELETE, UPDATE = 8, 16
"""Bits of ``pg_trigger.tgtype``."""

REFUSED = sa.text(
    "SELECT c.relname, t.tgtype FROM pg_trigger t "
    "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND p.proname = 'refuse_change' "
    "AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0"
)
"""Guards without a condition, and what they refuse."""

TABLES = sa.text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relkind IN ('r', 'p') ORDER BY relname"
)
TOO_STRONG = sa.text(
    "SELECT r.rolsuper OR r.rolreplication OR EXISTS (SELECT 1 FROM pg_class c "
    "WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') "
    "AND pg_has_role(r.oid, c.relowner, 'MEMBER')) FROM pg_roles r WHERE r.rolname = :role"
)


@dataclass(frozen=True, slots=True)
class Granted:
    """How many tables a user may use, and how many of them take new rows only."""

    tables: int
    records: int


def grant(session: Session, role: str) -> Granted:
    """Give a user of the server what the hall needs, and take away everything else.

    Raises ``NotAllowed``: not_postgresql, role_unknown, role_too_strong for a user who could drop
    the guards (a superuser, the owner of the tables or a member of the owner).
    """
    if session.get_bind().dialect.name != "postgresql":
        raise NotAllowed("SQLite has no users", code="not_postgresql")
    too_strong = session.scalar(TOO_STRONG, {"role": role})
    if too_strong is None:
        raise NotAllowed("no such user", code="role_unknown")
    if too_strong:
        raise NotAllowed("could drop the guards", code="role_too_strong")
    name = session.connection().dialect.identifier_preparer.quote_identifier
    user, schema = name(role), name(str(session.scalar(sa.text("SELECT current_schema()"))))
    for deed in (
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {user}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM {user}, PUBLIC",
        f"GRANT USAGE ON SCHEMA {schema} TO {user}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {user}",
    ):
        session.execute(sa.text(deed))
    refused = _refused(session)
    tables = list(session.scalars(TABLES))
    for table in tables:
        rights = ", ".join(_rights(table, refused.get(table, 0)))
        session.execute(sa.text(f"GRANT {rights} ON {schema}.{name(table)} TO {user}"))
    return Granted(len(tables), sum(one == UPDATE | DELETE for one in refused.values()))


def _refused(session: Session) -> dict[str, int]:
    """Return which of UPDATE and DELETE the guards of each table refuse altogether."""
    found: dict[str, int] = {}
    for table, bits in session.execute(REFUSED):
        found[table] = found.get(table, 0) | bits & (UPDATE | DELETE)
    return found


def _rights(table: str, refused: int) -> list[str]:
    if table in READ_ONLY:
        return ["SELECT"]
    rights = ["SELECT", "INSERT"]
    rights += [] if refused & UPDATE else ["UPDATE"]
    rights += [] if refused & DELETE else ["DELETE"]
    return [*rights, "TRUNCATE"] if table in HELD else rights
