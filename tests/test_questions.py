"""Questions of a corpus: what they count is so by plain counting, and their pictures hold what they must."""

import json
import math
import shutil
import struct
from collections import Counter
from pathlib import Path

import numpy as np
import opened
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nlp
from nlp.bench.corpora import bench_corpora
from nlp.bench.search import load_queries, recall
from nlp.corpus.keyness import g2, log_ratio
from nlp.corpus.ranking import Words, best, cosines, fused, tokens
from nlp.errors import UsageError
from nlp.plots.answer import Answer
from nlp.program import load_program
from nlp.run import Order, run
from nlp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def out(finished_run: Path) -> Path:
    return finished_run


ASKED = {
    "evidence_map": lambda c: c.evidence_map(),
    "evidence_map by implementer": lambda c: c.evidence_map("implementer", of="activity"),
    "gap_map": lambda c: c.gap_map(),
    "gap_map by year": lambda c: c.gap_map("year"),
    "timeline": lambda c: c.timeline(),
    "planned_against_done": lambda c: c.planned_against_done(),
    "planned_against_done by body": lambda c: c.planned_against_done("body"),
    "network": lambda c: c.network(least=1),
    "mandate_chain": lambda c: c.mandate_chain(),
    "concordance": lambda c: c.concordance(least=1),
    "compare": lambda c: c.compare({"language": "en"}, {"language": "es"}),
    "keyness": lambda c: c.keyness(objective=14),
}


@pytest.mark.parametrize("name", ASKED)
def test_every_picture_carries_what_it_needs_to_be_cited(name: str, corpus: nlp.Corpus, tmp_path: Path):
    answer = ASKED[name](corpus)
    drawn = answer.save(tmp_path / "a.svg").read_text("utf-8")
    assert corpus.digest in drawn and "documents" in drawn and answer.title.split()[0] in drawn
    assert corpus.digest in repr(answer) and len(answer.frame.columns) >= 3


@pytest.mark.parametrize("name", ASKED)
def test_every_question_has_an_answer_where_nothing_was_found(name: str, corpus: nlp.Corpus):
    nobody = corpus.filter(document="no such document")
    assert nobody.digest in ASKED[name](nobody).svg()


@pytest.mark.parametrize("name", ["gap_map", "gap_map by year", "timeline", "concordance"])
def test_a_question_about_links_reads_no_passages(
    name: str, out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("EVMAP_CACHE", str(tmp_path))
    assert len(ASKED[name](nlp.open(out)).frame)
    made = {path.name.split("-")[0] for path in (tmp_path / "corpora").iterdir()}
    assert "links" in made and not made & {"passages", "texts"}


def test_a_page_needs_no_network(corpus: nlp.Corpus, tmp_path: Path):
    page = corpus.gap_map().save(tmp_path / "a.html").read_text("utf-8")
    assert "<script src" not in page and "<link" not in page and "vegaEmbed" in page
    with pytest.raises(UsageError, match="no such form"):
        corpus.gap_map().save(tmp_path / "a.docx")


def test_a_notebook_gets_a_picture_and_words(corpus: nlp.Corpus, tmp_path: Path):
    picture = corpus.timeline().save(tmp_path / "a.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and min(struct.unpack(">II", picture[16:24])) > 100
    data, size = corpus.timeline()._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"} and size["image/png"]["width"] > 100


def test_tables_escape_what_documents_say(corpus: nlp.Corpus):
    answer = corpus.evidence_map()
    hostile = Answer(
        answer.title, answer.caption, answer.source, answer.frame.assign(unit="<script>"), answer.draw, answer.shown
    )
    page = hostile.table().as_raw_html()
    assert "<script>" not in page and "&lt;script&gt;" in page and corpus.digest in page


def test_the_gap_map_says_what_coverage_says(decided: nlp.Corpus):
    frame, coverage = decided.gap_map().frame, decided.coverage
    coverage = coverage[coverage["target"].str.startswith("objective")]
    assert Counter(frame["state"].astype(str)) == Counter(coverage["state"].astype(str))
    assert set(frame["state"]) >= {"confirmed", "not_searchable"}
    assert frame["links"].sum() == coverage["links"].sum()


def test_the_map_by_implementer_counts_each_link_once(corpus: nlp.Corpus):
    frame = corpus.evidence_map("implementer").frame
    assert frame["links"].sum() == corpus.links["target"].str.startswith("objective").sum()
    assert not frame.duplicated(["unit", "target"]).any()


def test_joined_columns_can_be_asked_by(corpus: nlp.Corpus):
    regions = corpus.documents[["document_id"]].assign(region=["A", "B", "A", "B", "A"])
    frame = corpus.join(regions).gap_map("region").frame
    assert set(frame["unit"]) == {"A", "B"}
    with pytest.raises(UsageError, match="nothing to look at"):
        corpus.gap_map("region")


def test_the_timeline_counts_links_and_what_was_reached(corpus: nlp.Corpus):
    frame, links = corpus.timeline().frame, corpus.links.dropna(subset="year")
    assert frame["links"].sum() == len(links)
    last = frame["year"].max()
    reached = links[links["target"].str.startswith("objective")]["target"].nunique()
    assert set(frame.loc[frame["year"] == last, "reached"]) == {reached}


def test_planned_against_done_counts_treatments(corpus: nlp.Corpus):
    frame, links = corpus.planned_against_done().frame, corpus.links
    links = links[links["target"].str.startswith("objective")]
    for treatment in ("done", "planned"):
        assert frame.loc[frame["treatment"] == treatment, "links"].sum() == (links["treatment"] == treatment).sum()


RESTATED = """The Programme at a glance

It asks for consular protection of migrants, and for training of the officers who meet them at the border.

Among its activities are campaigns against the trafficking of women and children, and the exchange of good practices.
"""
TOLD = """News from the region

The Inter-American Commission of Women (CIM) trained officers at the border in 2006.

In May, the International Organization for Migration opened a shelter for women who return.

UNICEF gives consular advice to migrants, and runs campaigns against the trafficking of women and children.
"""


def test_a_page_that_restates_the_programme_is_no_evidence(tiny_settings: Settings, tmp_path: Path):
    for name, text in (("page.txt", RESTATED), ("news.txt", TOLD)):
        (tmp_path / name).write_text(text, "utf-8")
    run([tmp_path / "page.txt", tmp_path / "news.txt"], tmp_path / "out", Order(tiny_settings, workers=1))
    out = opened.suggested(tmp_path / "out", tmp_path / "sure")
    corpus = nlp.open(out)
    assert list(corpus.documents["kind"]) == ["other", "other"] and corpus.links["document_id"].nunique() == 2
    passages = corpus.passages.set_index("passage_id")
    named = passages.index[passages["implementer"].notna() | passages["implementer_text"].notna()]
    links = corpus.links[corpus.links["target"].str.startswith("objective")]
    told = corpus.mandate_chain().frame.drop_duplicates("objective").set_index("objective")["evidence_links"]
    wanted = Counter(links.loc[links["passage_id"].isin(named), "target"].astype(str))
    assert {target: count for target, count in told.items() if count} == wanted
    assert 0 < wanted.total() < len(links)
    confirmed = nlp.open(opened.suggested(out, tmp_path / "confirmed", "confirmed"))
    assert confirmed.mandate_chain().frame.drop_duplicates("objective")["evidence_links"].sum() == len(links)


def test_the_chain_reaches_every_activity_of_the_codebook(corpus: nlp.Corpus):
    frame, program = corpus.mandate_chain().frame, load_program()
    pairs = set(zip(frame["activity"], frame["objective"], strict=True))
    assert pairs == {(f"activity:{p.activity}", f"objective:{p.objective}") for p in program.concordance}
    kinds = corpus.documents.set_index("document_id")["kind"]
    spoken = set(frame["mandate_id"].dropna()) | set(frame["paragraph_id"].dropna())
    passages = corpus.passages.set_index("passage_id")["document_id"]
    assert {kinds[passages[p]] for p in spoken} <= {"mandates", "declaration", "resolution"}


def test_the_concordance_is_that_of_passages(corpus: nlp.Corpus):
    frame = corpus.concordance(least=1).frame
    sure = corpus.links[corpus.links["lane"] == "suggested"]
    together: Counter = Counter()
    for _, links in sure.groupby("passage_id"):
        names = set(links["target"].astype(str))
        together.update((a, o) for a in names if a[0] == "a" for o in names if o[0] == "o")
    seen = {(r.activity, r.objective): r.seen for r in frame.itertuples() if r.seen}
    assert seen == dict(together)


def test_a_corpus_compared_with_itself_differs_in_nothing(corpus: nlp.Corpus):
    assert len(corpus.compare(corpus, corpus, ("one", "other")).frame) == 0


def test_every_difference_of_two_cuts_is_listed(corpus: nlp.Corpus):
    low, high = corpus.at(0.1), corpus.at(0.3)
    frame = corpus.compare(low, high).frame
    gone = set(low.links["link_id"]) - set(high.links["link_id"])
    assert (frame["what"] == "only in a").sum() == len(gone) > 0
    assert (frame["what"] == "only in b").sum() == 0
    states = frame[frame["what"] == "state of target"]
    assert set(states["b"]) <= {"searched_none", "review", "suggested"} and len(states)


def test_comparing_a_thing_with_its_name_is_refused(corpus: nlp.Corpus):
    with pytest.raises(UsageError, match="both are called so"):
        corpus.compare(corpus, corpus)


def test_log_likelihood_of_a_textbook_table():
    expected = 2 * (30 * math.log(30 / 20) + 10 * math.log(10 / 20))
    assert g2(30, 10, 1000, 1000) == pytest.approx(expected)
    assert g2(20, 20, 1000, 1000) == pytest.approx(0)
    assert log_ratio(20, 10, 1000, 1000) == pytest.approx(math.log2(20.5 / 10.5))


def test_key_words_stand_in_the_passages(corpus: nlp.Corpus):
    frame = corpus.keyness(objective=14).frame
    assert (frame["inside"] >= 3).all() and (frame["inside_words"] > frame["inside"]).all()
    with pytest.raises(UsageError, match="no such target"):
        corpus.keyness(target="objective:99")


def test_words_are_ranked_as_bm25_ranks_them():
    texts = ["the consul visits the prison", "the school of the village", "consul", "prison and prison"]
    found = Words(texts).scores("consul prison")
    assert best(found, 1)[0] in (0, 3) and found[1] == 0
    peer = pytest.importorskip("bm25s").BM25()
    peer.index([tokens(text) for text in texts], show_progress=False)
    assert np.allclose(found, peer.get_scores(["consul", "prison"]), rtol=1e-4)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30))
def test_fusing_a_ranking_with_itself_keeps_it(values: list[float]):
    scores = np.asarray(values, np.float32)
    positive = [place for place in best(scores, len(scores)) if scores[place] > 0]
    assert list(best(fused(scores, scores), len(positive))) == positive


def test_cosines_are_exact_across_chunks(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("nlp.corpus.ranking.CHUNK", 7)
    vectors = np.random.default_rng(1).normal(size=(30, 8)).astype(np.float32)
    assert np.allclose(cosines(vectors, vectors[3]), vectors @ vectors[3])


def test_a_passage_finds_its_like_and_not_itself(corpus: nlp.Corpus):
    passage = corpus.passage(corpus.links["passage_id"].iloc[0])
    found = corpus.similar(passage, k=5)
    assert len(found) == 5 and passage.passage_id not in set(found.frame["passage_id"])
    assert list(found.frame["score"]) == sorted(found.frame["score"], reverse=True)
    only = corpus.similar(passage.text, k=3, language="fr", by="meaning").frame
    assert set(only["document_id"]) <= set(corpus.filter(language="fr").documents["document_id"])
    first = corpus.similar(passage.text, k=1, by="words").frame
    assert list(first["passage_id"]) == [passage.passage_id]


def test_vectors_come_from_the_run(corpus: nlp.Corpus, out: Path, monkeypatch: pytest.MonkeyPatch):
    from nlp.corpus import vectors
    from nlp.corpus.vectors import RUN_CACHE, _looked_up, encoder_of, read_as

    output = corpus.views.outputs[0]
    matrix = _looked_up(out / RUN_CACHE, read_as(output, corpus.program), encoder_of(output))
    joined = json.loads((Path(output.manifest["settings"]["model"]) / "manifest.json").read_text("utf-8")).get("joined")
    assert matrix.any(axis=1).all() or not joined
    assert vectors.vectors_of(output, encoder_of(output), corpus.program).shape == (len(corpus.passages), 256)


@pytest.mark.parametrize(("what", "asked"), [(" ", {}), ("x", {"k": 0}), ("x", {"by": "luck"}), (3, {})])
def test_what_cannot_be_searched_is_said(what: object, asked: dict, corpus: nlp.Corpus):
    with pytest.raises(UsageError):
        corpus.similar(what, **asked)


def test_the_queries_are_whole():
    queries, rows, languages = load_queries(ROOT / "annotations")
    assert Counter(query.language for query in queries) == dict.fromkeys(("en", "es", "pt", "fr"), 25)
    assert len({query.query for query in queries}) == 100 and len(languages) == len(rows)
    headings = {row["passage_id"] for row in rows if row["kind"] == "heading"}
    assert not headings & {identity for query in queries for identity in query.relevant}


def test_recall_is_of_what_ten_places_can_hold():
    assert recall(["a", "b"], ["a", "c"]) == 0.5
    assert recall([str(n) for n in range(10)], [str(n) for n in range(20)]) == 1.0


@pytest.mark.slow
def test_every_system_of_the_bench_finds_the_same(out: Path, tmp_path: Path):
    copy = tmp_path / "out"
    shutil.copytree(out, copy)
    lines = bench_corpora(copy)
    assert len({(line.links, line.found) for line in lines}) == 1 and lines[0].links > 0
    assert [line.system for line in lines if line.draw is not None] == ["evmap, first time", "evmap, again"]
