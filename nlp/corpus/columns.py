"""What of a run's rows goes to Parquet: the fields that frames and questions need, with their types in DuckDB."""

from __future__ import annotations

_SPAN = {"start": "INTEGER", "end": "INTEGER", "page": "INTEGER"}
COLUMNS: dict[str, dict[str, str]] = {
    "ledger": {
        "input": "VARCHAR", "document_id": "VARCHAR", "status": "VARCHAR", "reason": "VARCHAR", "media_type": "VARCHAR",
        "pages": "INTEGER", "characters": "BIGINT", "passages": "INTEGER", "links": "INTEGER", "seconds": "DOUBLE",
        "same_as": "VARCHAR",
    },
    "documents": {
        "document_id": "VARCHAR", "inputs": "VARCHAR[]", "title": "VARCHAR", "symbol": "VARCHAR", "kind": "VARCHAR",
        "language": "VARCHAR", "date": "VARCHAR", "body": "VARCHAR", "session": "VARCHAR",
        "original_language": "VARCHAR", "pages": "INTEGER", "characters": "BIGINT", "passages": "INTEGER",
        "links": "INTEGER", "strange": "BOOLEAN", "text_file": "VARCHAR",
    },
    "passages": {
        "passage_id": "VARCHAR", "document_id": "VARCHAR", **_SPAN, "section": "VARCHAR[]", "implementer": "VARCHAR",
        "implementer_text": "VARCHAR", "reference": "VARCHAR", "role": "VARCHAR", "treatment": "VARCHAR",
        "language": "VARCHAR", "kind": "VARCHAR", "lead_in": "VARCHAR", "number": "VARCHAR", "clause": "VARCHAR",
        "summit": "VARCHAR", "year": "INTEGER", "probabilities": "MAP(VARCHAR, DOUBLE)",
    },
    "links": {
        "link_id": "VARCHAR", "document_id": "VARCHAR", "passage_id": "VARCHAR", "target": "VARCHAR",
        "probability": "DOUBLE", "lane": "VARCHAR", "state": "VARCHAR", "treatment": "VARCHAR",
        "implementer": "VARCHAR", "quote": "VARCHAR", **_SPAN,
    },
    "decisions": {
        "decision_id": "BIGINT", "document_id": "VARCHAR", "item_id": "VARCHAR", "reading": "INTEGER",
        "version": "INTEGER", "who": "VARCHAR", "rank": "VARCHAR", "at": "TIMESTAMP", "action": "VARCHAR",
        "batch": "VARCHAR", "item": "JSON", "undoes": "BIGINT",
    },
}  # fmt: skip
_YEAR = r"regexp_extract(coalesce(session, ''), '/(\d\d)$', 1)"  # "XXXIV-O/04": sessions are of 1950 to 2049
SELECTED = {
    "documents": f"""* EXCLUDE (date, passages, links),
        passages AS passage_count, links AS link_count, TRY_CAST(date AS DATE) AS date,
        coalesce(year(TRY_CAST(date AS DATE)),
            CASE WHEN {_YEAR} = '' THEN NULL ELSE (CAST({_YEAR} AS INTEGER) + 50) % 100 + 1950 END)::INTEGER AS year""",
    "passages": "* EXCLUDE (probabilities), map_values(probabilities) AS probabilities",
    "decisions": """* EXCLUDE (item), item->>'$.target' AS target, item->>'$.state' AS state,
        item->>'$.quote' AS quote, CAST(item->>'$.start' AS INTEGER) AS start, CAST(item->>'$.end' AS INTEGER) AS "end",
        item->>'$.treatment' AS treatment, item->>'$.implementer' AS implementer, item->>'$.reason' AS reason""",
}
FACTS = ("title", "symbol", "kind", "language", "date", "year", "body")  # of a document, that its links show
