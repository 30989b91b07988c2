"""Columns hold what they say: money whole fen, moments with a zone, keys indexed."""

import pytest
import sqlalchemy as sa
from flask_appbuilder import Model

from app.columns import Moment, Money

OURS = sorted(
    (
        mapper.local_table
        for mapper in Model.registry.mappers
        if mapper.class_.__module__ == "app.models"
    ),
    key=lambda table: table.name,
)
TABLES = [pytest.param(table, id=table.name) for table in OURS]
SUMS = ("amount", "available", "held", "balance", "total", "interest", "price")


def leading_columns(table):
    """The first column of everything that the database can look a row up by."""
    keys = [list(index.columns) for index in table.indexes]
    keys += [
        list(rule.columns)
        for rule in table.constraints
        if isinstance(rule, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    return {columns[0].name for columns in keys if columns}


def test_there_are_tables_to_look_at():
    assert len(OURS) > 30


@pytest.mark.parametrize("table", TABLES)
def test_every_foreign_key_is_indexed(table):
    found = leading_columns(table) | {c.name for c in table.columns if c.unique or c.index}
    bare = [c.name for c in table.columns if c.foreign_keys and c.name not in found]

    assert not bare


@pytest.mark.parametrize("table", TABLES)
def test_no_sum_is_kept_as_a_float(table):
    loose = [c.name for c in table.columns if isinstance(c.type, sa.Float | sa.Numeric)]
    plain = [c.name for c in table.columns if c.name in SUMS and not isinstance(c.type, Money)]

    assert not loose
    assert not plain


@pytest.mark.parametrize("table", TABLES)
def test_no_moment_lacks_a_zone(table):
    naive = [
        c.name
        for c in table.columns
        if isinstance(c.type, sa.DateTime) and not isinstance(c.type, Moment)
    ]
    named = [
        c.name
        for c in table.columns
        if c.name.endswith("_at") and not isinstance(c.type, Moment)
    ]

    assert not naive
    assert not named


@pytest.mark.parametrize("table", TABLES)
def test_no_enumeration_of_the_database_is_used(table):
    assert not [c.name for c in table.columns if isinstance(c.type, sa.Enum)]
