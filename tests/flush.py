"""Tests with real transactions empty every table afterwards; here the guards of the evidence stand aside for that."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

from evidence import guards

TABLES = [f"evidence_{table}" for table in guards.TABLES]


@pytest.fixture(autouse=True, scope="session")
def guards_lifted_while_flushing() -> Iterator[None]:
    plain = BaseDatabaseOperations.execute_sql_flush

    def lifted(operations: BaseDatabaseOperations, sql_list: Any) -> None:
        connection = operations.connection
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            there = set(connection.introspection.table_names(cursor)) & set(TABLES)
            if connection.vendor == "sqlite":
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'evidence_%'"
                )
                triggers = cursor.fetchall()
                before, after = [f"DROP TRIGGER {name}" for name, _ in triggers], [sql for _, sql in triggers]
            else:
                before = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in sorted(there)]
                after = [statement.replace("DISABLE", "ENABLE") for statement in before]
            for statement in before:
                cursor.execute(statement)
            plain(operations, sql_list)
            for statement in after:
                cursor.execute(statement)

    BaseDatabaseOperations.execute_sql_flush = lifted  # type: ignore[assignment, method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]
