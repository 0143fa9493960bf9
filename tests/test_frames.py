"""A run opened as frames: the same rows, typed; filters that chain; other cuts as the mapping makes them; safe HTML."""

import csv
import json
import shutil
import sys
from html.parser import HTMLParser
from pathlib import Path

import opened
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlp
from nlp.contract import check_output, load_output
from nlp.corpus.parquet import literal
from nlp.corpus.show import marked
from nlp.errors import MissingExtra, UsageError
from nlp.extras import need
from nlp.jsonl import read_rows
from nlp.pipeline import map_file
from nlp.program import load_program
from nlp.review.desk import Desk
from nlp.review.records import Ask, Reader
from nlp.settings import Settings


@pytest.fixture(scope="module")
def out(finished_run: Path) -> Path:
    return finished_run


@pytest.mark.parametrize("table", ["ledger", "documents", "passages", "links"])
def test_frames_hold_the_rows_in_their_order(table: str, corpus: nlp.Corpus, out: Path):
    rows, frame = list(read_rows(out / f"{table}.jsonl")), getattr(corpus, table)
    shared = [name for name in rows[0] if name in frame.columns and name not in ("date", "inputs", "section", "year")]
    assert len(frame) == len(rows) and len(shared) >= 8
    plain = frame[shared].astype(object).where(frame[shared].notna(), None).to_dict("records")
    assert plain == [{name: row[name] for name in shared} for row in rows]


def test_columns_have_types(corpus: nlp.Corpus):
    kinds = corpus.links.dtypes.astype(str).to_dict()
    wanted = {"target": "category", "lane": "category", "language": "category", "page": "Int64", "year": "Int64"}
    assert {name: kinds[name] for name in wanted} == wanted
    assert kinds["probability"] == "float64" and kinds["date"].startswith("datetime64")


def test_probabilities_are_those_of_the_rows(corpus: nlp.Corpus, out: Path):
    rows = list(read_rows(out / "passages.jsonl"))
    assert corpus.probabilities.shape == (len(rows), 120)
    assert corpus.probabilities.iloc[7].to_dict() == rows[7]["probabilities"]
    assert list(corpus.probabilities.index) == [row["passage_id"] for row in rows]


def test_coverage_is_that_of_the_run(corpus: nlp.Corpus, out: Path):
    with (out / "coverage.csv").open(encoding="utf-8") as file:
        wanted = {(row["input"], row["target"]): (row["state"], int(row["links"])) for row in csv.DictReader(file)}
    found = corpus.coverage
    assert len(found) == len(wanted)
    rows = zip(found["input"], found["target"], found["state"], found["links"], strict=True)
    assert {(name, target): (state, links) for name, target, state, links in rows} == wanted


def test_opening_leaves_the_folder_as_it_was(out: Path, tmp_path: Path):
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    before = sorted(copy.rglob("*"))
    assert len(nlp.open(copy).links) and sorted(copy.rglob("*")) == before


def test_filters_chain_and_add_up(corpus: nlp.Corpus):
    links = corpus.links
    objective = links[links.language == "fr"]["target"].iloc[0]
    narrow = corpus.filter(target=objective).filter(language=["en", "fr"]).filter(probability=0.1).links
    same = links[(links.target == objective) & links.language.isin(["en", "fr"]) & (links.probability >= 0.1)]
    assert 0 < len(narrow) < len(links)
    assert list(narrow.link_id) == list(same.link_id)


def test_a_filter_of_links_leaves_documents(corpus: nlp.Corpus):
    narrow = corpus.filter(objective=16)
    assert len(narrow.documents) == len(corpus.documents) and set(narrow.coverage["target"]) == {"objective:16"}
    assert set(corpus.filter(language="pt").passages["document_id"]) == set(
        corpus.filter(language="pt").documents.document_id
    )


def test_filters_of_passages_reach_their_links(corpus: nlp.Corpus):
    mandates = corpus.filter(role="activity", implementer=None)
    passages = set(mandates.passages["passage_id"])
    assert passages and set(mandates.links["passage_id"]) <= passages
    chosen = corpus.links[corpus.links.passage_id.isin(passages)]
    assert len(mandates.links) == len(chosen)


def test_years_and_days(corpus: nlp.Corpus):
    years = corpus.documents["year"].dropna()
    assert len(corpus.filter(since=int(years.min()), until=int(years.max())).documents) == len(years)
    assert len(corpus.filter(since="2100-01-01").documents) == 0


@pytest.mark.parametrize(
    ("asked", "words"), [({"objektive": 1}, "no such filter"), ({"objective": 21}, "no such target")]
)
def test_what_cannot_be_asked_is_said(asked: dict, words: str, corpus: nlp.Corpus):
    with pytest.raises(UsageError, match=words):
        corpus.filter(**asked)


@given(st.text())
def test_literals_are_safe(text: str):
    text = text.replace("\0", "")
    assert need("duckdb").sql(f"SELECT {literal(text)}").fetchall() == [(text,)]


@pytest.mark.parametrize("cut", [0.02, 0.2, 0.6, 0.9])
def test_another_cut_is_as_the_mapping_makes_it(cut: float, corpus: nlp.Corpus, tiny_settings: Settings):
    mapping = map_file(opened.SAMPLES / opened.NAMES[1], tiny_settings).at(cut)
    rows = corpus.at(cut).filter(document=mapping.structured.document.document_id).links
    fields = ["link_id", "target", "probability", "lane", "quote", "start", "end", "treatment"]
    found = {
        tuple(row) for row in rows[fields].astype(object).where(rows[fields].notna(), None).itertuples(index=False)
    }
    wanted = {
        (x.link_id, x.target, x.probability, x.lane, x.quote, x.span.start, x.span.end, x.treatment)
        for x in mapping.links
    }
    assert found == wanted and (wanted or cut > 0.5)


def test_an_activity_never_stands_alone(corpus: nlp.Corpus):
    program = load_program()
    for _, links in corpus.at(0.15).links.groupby("passage_id"):
        targets = set(links["target"])
        assert all(targets & set(program.parents(t)) for t in targets if t.startswith("activity"))


def test_own_metadata(corpus: nlp.Corpus, tmp_path: Path):
    table = tmp_path / "regions.csv"
    first, second = corpus.documents["document_id"][:2]
    table.write_text(f"document_id,region\n{first},Caribbean\n{second},Andes\n", "utf-8")
    joined = corpus.join(table)
    assert set(joined.filter(region="Andes").documents["document_id"]) == {second}
    assert set(joined.filter(region="Andes").links["region"]) <= {"Andes"}
    assert len(joined.documents) == len(corpus.documents)
    with pytest.raises(UsageError, match="stands there twice"):
        corpus.join(pd.DataFrame({"document_id": [first, first], "x": [1, 2]}))


def test_sql_sees_the_filters(corpus: nlp.Corpus):
    frame = corpus.filter(language="es").sql("WITH a AS (SELECT language FROM links) SELECT DISTINCT language FROM a")
    assert list(frame["language"]) == ["es"]
    with pytest.raises(UsageError):
        corpus.sql("SELECT nothing FROM links")


def test_a_desk_s_decisions_stand(decided: nlp.Corpus, out: Path):
    first, second = list(read_rows(out / "links.jsonl"))[:2]
    assert decided.counts()["confirmed"] == 1 and second["link_id"] not in set(decided.links["link_id"])
    assert list(decided.filter(state="rejected").links["link_id"]) == [second["link_id"]]
    cell = decided.coverage.query("document_id == @first['document_id'] and target == @first['target']")
    assert list(cell["state"]) == ["confirmed"]
    assert list(decided.decisions["target"]) == [first["target"], second["target"]]
    assert str(decided.decisions["at"][0]) == "2026-03-01 09:30:00.250000"
    kept = set(decided.at(1.0).links["link_id"])
    assert first["link_id"] in kept and second["link_id"] not in kept


def test_a_desk_opens_as_it_stands(out: Path, tmp_path: Path):
    with Desk.open(tmp_path / "desk") as desk:
        report = next(report for report in desk.bring_in(out) if report.counts.get("suggested"))
        first, second = desk.contents(report.document_id, Reader("officer-1")).items[:2]
        ask = Ask(first.item_id, "confirm")
        desk.decide(report.document_id, [ask], Reader("officer-1"))
        corpus = nlp.open(tmp_path / "desk")
        assert corpus.counts()["confirmed"] >= 1 and len(corpus.decisions) >= 1
        desk.decide(report.document_id, [Ask(second.item_id, "reject")], Reader("officer-1"))
    assert first.item_id in set(corpus.filter(state="confirmed").links["link_id"])
    assert second.item_id not in set(nlp.open(tmp_path / "desk").links["link_id"])
    assert second.item_id in set(corpus.at(0.0).links["link_id"])
    with pytest.raises(UsageError, match="no encoder"):
        corpus.similar("consul")
    assert len(corpus.similar(first.quote, by="words", k=2)) == 2


def test_several_runs_open_as_one(out: Path, decided: nlp.Corpus, corpus: nlp.Corpus):
    both = nlp.open([out, decided.views.outputs[0].folder])
    counts = both.links["run"].value_counts()
    assert dict(counts) == {"out": len(corpus.links), "export": len(corpus.links) - 1}
    assert len(both.at(0.5).links) >= len(corpus.at(0.5).links)
    assert len(both.probabilities) == 2 * len(corpus.passages)


def test_saved_tables_come_back(corpus: nlp.Corpus, tmp_path: Path):
    files = corpus.filter(language="fr").save(tmp_path / "parquet")
    assert [path.name for path in files][:2] == ["documents.parquet", "passages.parquet"]
    assert len(pd.read_parquet(tmp_path / "parquet" / "links.parquet")) == len(corpus.filter(language="fr").links)
    corpus.save(tmp_path / "csv", "csv")
    cells = pd.read_csv(tmp_path / "csv" / "documents.csv")
    assert list(cells["document_id"]) == list(corpus.documents["document_id"])
    with pytest.raises(UsageError, match="no such form"):
        corpus.save(tmp_path, "docx")


class Tags(HTMLParser):
    """Collects the names of tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(f"@{name}" for name, _ in attrs)}


SAFE = {"div", "p", "b", "br", "table", "thead", "tbody", "tr", "th", "td", "span", "mark", "bdi", "@style"}


def test_displays_are_plain_tables(corpus: nlp.Corpus):
    evidence = corpus.evidence()
    report = corpus.report(corpus.documents["document_id"][1])
    for shown in (corpus, evidence, evidence[0], report, corpus.passage(corpus.links["passage_id"][0])):
        tags = Tags()
        tags.feed(shown._repr_html_())
        assert tags.seen <= SAFE
        assert repr(shown)


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5))
def test_marking_loses_and_runs_nothing(text: str, spans: list[tuple[int, int]]):
    shown = marked(f"<script>{text}", spans)
    tags, words = Tags(), []
    tags.handle_data = words.append  # type: ignore[method-assign]
    tags.feed(shown)
    tags.close()
    assert tags.seen <= SAFE and "".join(words).replace("\r", "") == f"<script>{text}".replace("\r", "")


def test_evidence_quotes_what_stands_there(corpus: nlp.Corpus, out: Path):
    evidence = corpus.evidence(lane="suggested")
    texts = load_output(out).texts
    rows = corpus.links.set_index("link_id")
    for link in evidence.links:
        row = rows.loc[link.link_id]
        assert texts[row["document_id"]][row["start"] : row["end"]] == link.quote
        assert link.who and link.citation
    assert list(evidence.frame["probability"]) == sorted(evidence.frame["probability"], reverse=True)
    assert len(evidence) == len(rows[rows.lane == "suggested"])


def test_what_is_no_run_is_refused(out: Path, tmp_path: Path):
    with pytest.raises(UsageError, match="not a finished run"):
        nlp.open(tmp_path)
    copy = tmp_path / "copy"
    shutil.copytree(out, copy)
    with (copy / "links.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"link_id": 1}\n')
    with pytest.raises(UsageError, match="not as the run left it"):
        _ = nlp.open(copy).links
    assert not check_output(load_output(out), load_program())["every quote is a slice of the canonical text"]


def test_a_run_of_nothing(tiny_settings: Settings, tmp_path: Path):
    from nlp.run import Order, run

    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.4\n1 0 obj")
    run([tmp_path / "torn.pdf"], tmp_path / "out", Order(tiny_settings, workers=1))
    corpus = nlp.open(tmp_path / "out")
    assert len(corpus.links) == len(corpus.documents) == 0
    assert set(corpus.coverage["state"]) == {"not_searchable"} and len(corpus.coverage) == 120
    assert "not searchable" not in repr(corpus) and json.loads(corpus.ledger.to_json(orient="records"))


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"evmap\[notebook\]"):
        need("duckdb")
