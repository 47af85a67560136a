"""The audit log: who changed what."""

from __future__ import annotations

from runstone.core.entities.team import AuditRecord
from runstone.core.page import Page
from runstone.store import rules
from runstone.store.sql.clauses import Clause, join
from runstone.store.sql.database import Database
from runstone.store.sql.dialect.base import Connection, Row
from runstone.store.sql.keys import marks
from runstone.store.sql.keyset import question_digest
from runstone.store.sql.listing import SortColumn, fetch_page

_MAX_RESULTS = 1000
_COLUMNS = "at_ms, actor, action, target, detail, token_id, address, request_id"


class Audit:
    """The audit log in a SQL database."""

    _database: Database

    def add_audit(self, record: AuditRecord) -> None:
        """Write a line."""
        texts = (record.actor, record.action, record.target, record.detail, record.token_id, record.address)
        values = (record.at_ms, *map(_storable, texts), _storable(record.request_id))
        self._database.write(lambda c: c.run(f"INSERT INTO audit ({_COLUMNS}) VALUES ({marks(8)})", values))

    def search_audit(
        self,
        *,
        actor: str | None = None,
        action: str | None = None,
        target: str | None = None,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> Page[AuditRecord]:
        """Return a page of the log, the newest first."""
        limit = rules.check_max_results(max_results, _MAX_RESULTS)
        asked = {"actor": actor, "action": action, "target": target}
        given = {column: rules.check_text(value, column) for column, value in asked.items() if value is not None}
        where = join([Clause(f"{column} = ?", (value,)) for column, value in given.items()], "AND")

        def work(c: Connection) -> Page[AuditRecord]:
            rows, token = fetch_page(
                c,
                keys=("audit_no", *_COLUMNS.split(", ")),
                source=Clause("audit"),
                where=where,
                order=(SortColumn(Clause("audit_no"), "integer", descending=True),),
                question=question_digest("audit", *sorted(given.items())),
                limit=limit,
                page_token=page_token,
            )
            return Page([_record(row) for row in rows], token)

        return self._database.read(work)


def _record(row: Row) -> AuditRecord:
    return AuditRecord(
        audit_no=row[0],
        at_ms=row[1],
        actor=row[2],
        action=row[3],
        target=row[4],
        detail=row[5],
        token_id=row[6],
        address=row[7],
        request_id=row[8],
    )


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
