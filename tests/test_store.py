"""The store gives back what it was given, in input order, whoever came first; on SQLite and on PostgreSQL."""

import json
import os
import random
import sqlite3
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from storing import KEY, database, document, export, name_of, passage, twin

from nlp.errors import EvmapError, StoreError
from nlp.records import STATUSES
from nlp.store import export as statements
from nlp.store.reader import StoreReader
from nlp.store.rows import TRIED_AGAIN, DocumentRow, Finished, LinkRow, PassageRow
from nlp.store.store import Store
from nlp.store.tables import VERSION_TABLE

words = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
EVERY = (
    statements.ledger, statements.documents_read, statements.texts_read, statements.passage_rows, statements.link_rows,
)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where an empty store can be."""
    if request.param == "sqlite":
        return tmp_path / "out" / "evmap.sqlite"
    return database(request.getfixturevalue("postgres"))


@pytest.fixture
def store(target: Path | str) -> Iterator[Store]:
    with Store.open(target) as opened:
        yield opened


def filled(store: Store, *finished: Finished, key: str = KEY) -> int:
    run_id = store.begin(key, len(finished), {})
    for one in finished:
        store.add(run_id, one)
    store.commit()
    return run_id


def told(rows: Iterator[bytes]) -> list[str]:
    return [row.decode() for row in rows]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(words, words, st.lists(words, max_size=4), st.floats(0, 1))
def test_any_text_comes_back(store: Store, name: str, text: str, rows: list[str], probability: float):
    passages = tuple(PassageRow(row, row) for row in rows)
    links = tuple(LinkRow(row, row, row, probability, row) for row in rows)
    given_ = Finished(
        0, name, "partial", text, name_of(1), 1.5, probability, row=text, text=text, passages=passages, links=links
    )
    run_id = filled(store, given_, key=text)
    (row,) = store.ledger(run_id)
    assert (row.input, row.reason, row.row, row.read_seconds, row.map_seconds) == (name, text, text, 1.5, probability)
    assert [*store.documents(run_id)] == [DocumentRow(name_of(1), text, (name,))]
    assert [*store.texts(run_id)] == [(name_of(1), text)]
    assert (told(store.passages(run_id)), told(store.links(run_id))) == (rows, rows)


def test_a_long_text_comes_back(store: Store):
    text = "ñ𝄞" * 2_000_000
    run_id = filled(store, replace(document(0), text=text))
    assert [*store.texts(run_id)] == [(name_of(0), text)]


def test_exports_are_in_input_order_whatever_came_first(store: Store):
    everything = [document(number, passages=number % 4) for number in range(20)]
    mixed = random.Random(3).sample(everything, k=20)
    run_id = filled(store, *mixed)
    assert [row.position for row in store.ledger(run_id)] == [*range(20)]
    assert [row.document_id for row in store.documents(run_id)] == [name_of(number) for number in range(20)]
    assert [text for _, text in store.texts(run_id)] == [f"Text of {number}." for number in range(20)]
    expected = [passage(number, place) for number in range(20) for place in range(number % 4)]
    assert told(store.passages(run_id)) == expected
    assert told(store.links(run_id)) == [row for row in expected if json.loads(row)["number"] % 2 == 0]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_twins_stand_at_the_first_input(store: Store, order: tuple[int, ...]):
    everything = [twin(7, 0), document(8, 1), replace(document(7, 2), status="partial", reason="2 pages"), twin(7, 3)]
    run_id = filled(store, *(everything[number] for number in order))
    ledger = [*store.ledger(run_id)]
    assert [row.same_as for row in ledger] == [None, None, "copy-0.txt", "copy-0.txt"]
    assert [(row.status, row.reason) for row in ledger] == [
        ("partial", "2 pages"), ("ok", None), ("partial", "2 pages"), ("partial", "2 pages"),
    ]  # fmt: skip
    assert [row.row for row in ledger] == [everything[n].row for n in (2, 1, 2, 2)]
    documents = [*store.documents(run_id)]
    assert [row.inputs for row in documents] == [("copy-0.txt", "7.txt", "copy-3.txt"), ("8.txt",)]
    assert told(store.passages(run_id)) == [passage(number, place) for number in (7, 8) for place in range(3)]
    counts = store.counts(run_id)
    assert (counts.inputs, counts.documents, counts.passages, counts.links) == (4, 2, 6, 4)
    assert counts.statuses == {"ok": 1, "partial": 3}


def test_what_could_not_be_read_is_in_the_ledger_alone(store: Store):
    run_id = filled(
        store, Finished(0, "gone.pdf", "io_error", "no such file"), Finished(1, "a.pdf", "corrupt", "no", name_of(1))
    )
    assert [(row.document_id, row.row, row.status) for row in store.ledger(run_id)] == [
        (None, None, "io_error"), (name_of(1), None, "corrupt"),
    ]  # fmt: skip
    assert not [*store.documents(run_id), *store.texts(run_id), *store.passages(run_id), *store.links(run_id)]
    assert store.counts(run_id).documents == 0
    assert [row.input for row in store.failures(run_id)] == ["gone.pdf", "a.pdf"]
    assert [row.input for row in store.failures(run_id, limit=1)] == ["a.pdf"]


@pytest.mark.parametrize("status", STATUSES)
def test_a_later_run_has_what_need_not_be_tried_again(target: Path | str, status: str):
    with Store.open(target) as store:
        filled(store, replace(document(1, 0), status=status))
    with Store.open(target) as store:
        store.begin(KEY, 1, {})
        assert store.has(name_of(1), KEY) == (status not in TRIED_AGAIN)
        assert not store.has(name_of(1), "another model")
        assert not store.has(name_of(2), KEY)


def test_a_second_run_gives_the_same_from_what_is_known(target: Path | str):
    with Store.open(target) as store:
        first = export(store, filled(store, *(document(number) for number in range(5))))
    with Store.open(target) as store:
        known = [replace(twin(number, number), input=f"{number}.txt", status="") for number in range(5)]
        assert export(store, filled(store, *known)) == first


def test_a_document_replaces_what_stood_there(store: Store):
    timed_out = Finished(0, "1.txt", "timeout", "slow", name_of(1))
    filled(store, timed_out)
    run_id = filled(store, document(1, 0, passages=5))
    assert told(store.passages(run_id)) == [passage(1, place) for place in range(5)]
    run_id = filled(store, document(1, 0, passages=2))
    assert told(store.passages(run_id)) == [passage(1, place) for place in range(2)]
    assert len([*store.links(run_id)]) == 1
    run_id = filled(store, timed_out)  # a bad day does not undo a good one
    assert len([*store.passages(run_id)]) == 2
    assert [row.status for row in store.ledger(run_id)] == ["ok"]


def test_keys_do_not_meet(store: Store):
    filled(store, document(1, 0, passages=5), key="old")
    run_id = filled(store, document(1, 0, passages=2), key="new")
    assert (len([*store.passages(run_id)]), store.counts(run_id).passages) == (2, 2)
    assert store.has(name_of(1), "old")


def test_pruning_keeps_what_the_last_run_holds(store: Store):
    filled(store, document(1, 0), document(2, 1), key="old")
    filled(store, document(1, 0), document(2, 1), document(3, 2))
    run_id = filled(store, twin(1, 0), twin(3, 1))
    before = export(store, run_id)
    assert store.prune() == 3
    assert export(store, run_id) == before
    assert [store.has(name_of(n), KEY) for n in (1, 2, 3)] == [True, False, True]
    assert not store.has(name_of(1), "old")


def test_runs_tell_their_state(target: Path | str):
    with Store.open(target) as store:
        assert store.last_run() is None
        first = store.begin("a", 3, {"encoder": "hash"})
        run = store.last_run()
        assert run is not None
        assert (run.run_id, run.key, run.state, run.total, run.pid) == (first, "a", "running", 3, os.getpid())
        assert (run.settings, run.manifest) == ({"encoder": "hash"}, None)
    with Store.open(target) as store:  # the first never said that it ended
        second = store.begin("b", 0, {})
        store.finish(second, {"counts": 1})
        run = store.last_run()
        assert run is not None
        assert (run.state, run.manifest) == ("finished", {"counts": 1})
        third = store.begin("c", 0, {})
        store.stop(third)
        run = store.last_run()
        assert run is not None
        assert run.state == "stopped"
        store.prune(keep=3)
    with StoreReader.look(target) as reader, reader._reading() as connection:
        states = connection.exec_driver_sql("SELECT state FROM runs ORDER BY run_id").scalars().all()
    assert states == ["stopped", "finished", "stopped"]


def test_one_looks_while_another_writes(target: Path | str):
    with Store.open(target) as store, StoreReader.look(target) as reader:
        run_id = filled(store, document(0), document(1))
        store.add(run_id, document(2))
        assert reader.counts(run_id).inputs == 2
        store.commit()
        assert reader.counts(run_id).inputs == 3
    with StoreReader.look(target) as reader:
        assert reader.counts(run_id).inputs == 3


def test_what_is_not_committed_is_lost(target: Path | str):
    with Store.open(target) as store:
        run_id = filled(store, document(0))
        store.add(run_id, document(1))
    with Store.open(target) as store:
        assert (store.has(name_of(0), KEY), store.has(name_of(1), KEY)) == (True, False)


def test_a_newer_store_is_left_alone(target: Path | str):
    with Store.open(target) as store:
        filled(store, document(0))
        store._writer.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0999'")
        store.commit()
    for opens in (Store.open, StoreReader.look):
        with pytest.raises(StoreError, match=r"version 0999, this evmap knows version 0\d+\. Update evmap"):
            opens(target)


def test_a_postgres_database_has_one_writer(postgres: str):
    address = f"postgresql://postgres@/postgres?host={postgres}"
    with Store.open(address) as first, Store.open(address) as second:
        first.begin(KEY, 0, {})
        with pytest.MonkeyPatch.context() as patch, pytest.raises(StoreError, match="another run writes into it"):
            patch.setattr("nlp.store.store.LET_GO_SECONDS", 0.0)
            second.begin(KEY, 0, {})
        first.close()
        second.begin(KEY, 0, {})


def test_a_postgres_database_of_something_else_is_left_alone(postgres: str):
    import psycopg

    with psycopg.connect(f"host={postgres} user=postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    with psycopg.connect(f"host={postgres} user=postgres dbname=other", autocommit=True) as connection:
        connection.execute("CREATE TABLE links (url text)")
    with pytest.raises(StoreError, match="tables of something else: links"):
        Store.open(f"postgresql://postgres@/other?host={postgres}")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://user:secret@host/x", "cannot be kept in mysql"),
        ("://", "no URL"),
        ("postgresql://user:secret@127.0.0.1:1/x", "refused"),
    ],
)
def test_a_useless_address_is_refused_without_its_password(address: str, said: str):
    if address.startswith("postgres") and find_spec("psycopg") is None:
        pytest.skip("no psycopg here")
    with pytest.raises(EvmapError, match=said) as caught:
        Store.open(address)
    assert "secret" not in str(caught.value)


def test_export_holds_little_at_a_time(tmp_path: Path):
    with Store.open(tmp_path / "evmap.sqlite") as store:
        run_id = filled(store, *(document(number, passages=40, size=2_000) for number in range(400)))
        tracemalloc.start()
        size = sum(map(len, store.passages(run_id))) + sum(len(row.inputs) for row in store.documents(run_id))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert size > 32_000_000
    assert peak < 4_000_000


@pytest.mark.parametrize("statement", EVERY)
def test_export_neither_sorts_nor_walks_the_run_for_each_input(tmp_path: Path, statement):
    path = tmp_path / "evmap.sqlite"
    with Store.open(path) as store:
        run_id = filled(store, *map(document, range(50)))
    compiled = statement(run_id).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with sqlite3.connect(path) as database:
        plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {compiled}")]
    assert "SEARCH inputs USING PRIMARY KEY (run_id=?)" in plan
    assert not [step for step in plan if "TEMP B-TREE" in step or step.startswith("SCAN")]
    assert not [step for step in plan if "(run_id=?)" in step and not step.startswith("SEARCH inputs ")]
    assert not [step for step in plan if "position<" in step]
