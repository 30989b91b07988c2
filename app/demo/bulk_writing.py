"""Writing very many rows: values as the database keeps them, ids given ahead, whole tables at once."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session


class Table:
    """One table on its way into the database; what a row leaves out takes the column's default."""

    def __init__(self, model: Any, session: Session) -> None:
        """Read the columns and what they hold when nothing is said."""
        self.table: sa.Table = model.__table__
        dialect = session.get_bind().dialect
        self.names = [column.name for column in self.table.columns]
        self.blank = {column.name: _blank(column, dialect) for column in self.table.columns}
        self.rows: list[tuple[Any, ...]] = []
        self.next_id = 1

    def reserve(self, session: Session) -> None:
        """Go on after the highest id there is; the caller holds the database for itself."""
        name = self.table.name
        last = sa.select(sa.func.max(self.table.c.id))
        self.next_id = 1 + (session.scalar(last) or 0)
        if session.get_bind().dialect.name == "postgresql":
            given = session.scalar(
                sa.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:t, 'id'))"),
                {"t": name},
            )
            self.next_id = max(self.next_id, 1 + (given or 0))

    def take_id(self) -> int:
        """Give the id of a row that is added later."""
        self.next_id += 1
        return self.next_id - 1

    def add(self, **values: Any) -> int:
        """Keep one row for the next writing and return its id."""
        row = self.blank | values
        given: int = values.get("id") or self.take_id()
        row["id"] = given
        self.rows.append(tuple(row.values()))
        return given

    def write(self, session: Session) -> None:
        """Write what was added: by COPY on PostgreSQL, in one statement for all on SQLite."""
        if not self.rows:
            return
        columns = ", ".join(f'"{name}"' for name in self.names)
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            self._copy(connection, columns)
        else:
            marks = ", ".join("?" * len(self.names))
            statement = f"INSERT INTO {self.table.name} ({columns}) VALUES ({marks})"  # noqa: S608
            connection.exec_driver_sql(statement, self.rows)
        self.rows = []

    def _copy(self, connection: sa.Connection, columns: str) -> None:
        name = self.table.name
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'UTC'")
            with cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
                for row in self.rows:
                    copy.write_row(row)
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", (name, self.next_id - 1)
            )


class Writer:
    """Several tables that are written together, in the order in which they refer to each other."""

    def __init__(self, session: Session, models: Sequence[Any]) -> None:
        """Take the tables; those that are referred to come first."""
        self.tables: Mapping[Any, Table] = {model: Table(model, session) for model in models}

    def __getitem__(self, model: Any) -> Table:
        """Return the table of a model."""
        return self.tables[model]

    def reserve(self, session: Session) -> None:
        """Go on after what is there."""
        for table in self.tables.values():
            table.reserve(session)

    def write(self, session: Session) -> None:
        """Write everything that was added."""
        for table in self.tables.values():
            table.write(session)


def _blank(column: sa.Column[Any], dialect: sa.Dialect) -> Any:
    """Return what a column keeps when nothing is said, as the database keeps it."""
    default: Any = column.default
    if default is None:
        return None
    if default.is_callable:
        made = default.arg(None)
        return "[]" if made == [] else "{}" if made == {} else None
    bind = column.type.bind_processor(dialect)
    return bind(default.arg) if bind is not None else default.arg
