"""Fine-tuning learns, goes on where it was stopped, and what it leaves is what the encoder then uses."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp import finetune as finetune_
from nlp.classify.features import Surroundings, joined
from nlp.encode.adapter import adapter_digest
from nlp.encode.device import has_int8
from nlp.encode.embed import TransformerEmbedder, load, tunable
from nlp.errors import EncoderError, UsageError
from nlp.finetune import ADAPTER, CHECKPOINT, LabelMatrix, Lesson, Tuning, finetune
from nlp.learners import Recipe, load_recipe

TUNING = Tuning(rank=2, first_layer=0, rate=0.01, head_rate=0.05, epochs=12, batch=6, max_tokens=16)
LAMPS, DOORS = "oil the old lamp again", "paint the front door blue"
TEXTS = [f"{text} {number}" for number in range(12) for text in (LAMPS, DOORS)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of two small layers with its tokenizer, as a SentenceTransformer folder."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers.models import WordLevel
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(3)
    words = ["[PAD]", "[UNK]", "query:", *sorted({word for text in TEXTS for word in text.split()})]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    folder = tmp_path_factory.mktemp("network")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    transformer = models.Transformer(str(folder), max_seq_length=32)
    whole = tmp_path_factory.mktemp("whole")
    SentenceTransformer(modules=[transformer, models.Pooling(16)], device="cpu").save(str(whole))
    return whole


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    lamp = np.array([text.startswith("oil") for text in TEXTS], float)
    targets = np.stack([lamp, 1 - lamp], axis=1)
    role = np.tile([1.0, 0.0, 0.0], (len(TEXTS), 1))
    treatment = np.tile([0.0, 1.0, 0.0, 0.0, 0.0], (len(TEXTS), 1))
    return Lesson(TEXTS, targets, role, treatment, np.ones(len(TEXTS)), [["oil lamp"], ["paint door"]])


@pytest.fixture(scope="module")
def tuned(base: Path, lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LabelMatrix]:
    work = tmp_path_factory.mktemp("tuned")
    return work, finetune(lesson, TEXTS[:4], base, work, TUNING, lambda _: None)


def scores(vectors: np.ndarray, table: np.ndarray) -> np.ndarray:
    return np.hstack([vectors, np.ones((len(vectors), 1))]) @ table.T


def test_it_learns_the_labels_the_role_and_the_treatment(tuned: tuple[Path, LabelMatrix]):
    _, matrix = tuned
    assert (scores(matrix.asked, matrix.targets).argmax(axis=1) == [0, 1, 0, 1]).all()
    assert (scores(matrix.asked, matrix.role).argmax(axis=1) == 0).all()
    assert (scores(matrix.asked, matrix.treatment).argmax(axis=1) == 1).all()


def test_the_encoder_uses_what_was_learnt(base: Path, tuned: tuple[Path, LabelMatrix]):
    work, matrix = tuned
    plain = TransformerEmbedder("tiny", lambda: base, "0" * 64, 16, "query: ")
    adapted = TransformerEmbedder("tiny", lambda: base, "0" * 64, 16, "query: ", work / ADAPTER)
    vectors = adapted.encode(TEXTS[:4])
    np.testing.assert_allclose(vectors, matrix.asked, atol=0.02)  # trained in bfloat16 where the machine has it
    assert np.abs(plain.encode(TEXTS[:4]) - vectors).max() > 0.05
    assert adapted.identity == f"{plain.identity}+{adapter_digest(work / ADAPTER)[:16]}"


@pytest.mark.skipif(not has_int8(), reason="this CPU does not add up products of bytes")
def test_what_was_learnt_computes_in_bytes_by_ranges_beside_it(
    base: Path, tuned: tuple[Path, LabelMatrix], tmp_path: Path
):
    adapter = Path(shutil.copytree(tuned[0] / ADAPTER, tmp_path / ADAPTER))

    def encoder(precision: str) -> TransformerEmbedder:
        return TransformerEmbedder("tiny", lambda: base, "0" * 64, 16, "query: ", adapter, precision)

    with pytest.raises(EncoderError, match=r"ranges\.npz: missing.*evmap models ranges"):
        encoder("int8")
    whole = encoder("fp32")
    ranges = whole.ranges(TEXTS)
    ranges.save(adapter)
    few = encoder("int8")
    assert few.identity == f"{whole.identity}@int8-{ranges.digest[:16]}"
    likeness = (few.encode(TEXTS) * whole.encode(TEXTS)).sum(axis=1)
    assert 0.995 < likeness.min() < 1
    with pytest.raises(EncoderError, match="in fp32"):
        few.ranges(TEXTS)


def test_what_is_done_is_not_done_again(base: Path, lesson: Lesson, tuned: tuple[Path, LabelMatrix]):
    work, matrix = tuned
    said: list[str] = []
    again = finetune(lesson, TEXTS[:4], base, work, TUNING, said.append)
    assert again.targets.tobytes() == matrix.targets.tobytes()
    assert said == []


def test_a_stopped_training_ends_as_if_it_had_not_been(
    base: Path, lesson: Lesson, tuned: tuple[Path, LabelMatrix], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(finetune_, "CHECKPOINT_STEPS", 10)
    monkeypatch.setattr(finetune_, "REPORT_STEPS", 21)

    def stop(text: str) -> None:
        raise KeyboardInterrupt(text)

    with pytest.raises(KeyboardInterrupt, match="step 21 of 48"):
        finetune(lesson, TEXTS[:4], base, tmp_path, TUNING, stop)
    assert (tmp_path / CHECKPOINT).is_file()
    said: list[str] = []
    matrix = finetune(lesson, TEXTS[:4], base, tmp_path, TUNING, said.append)
    assert "going on at step 20" in said[0]
    np.testing.assert_allclose(matrix.targets, tuned[1].targets, atol=1e-4)
    assert not (tmp_path / CHECKPOINT).exists()


def test_an_adapter_names_no_folder_of_this_machine(tuned: tuple[Path, LabelMatrix]):
    config = (tuned[0] / ADAPTER / "adapter_config.json").read_text("utf-8")
    assert "/" not in config.replace("query: ", "")


def test_encoders_that_take_no_adapter_say_so(tmp_path: Path):
    with pytest.raises(EncoderError, match="takes no adapter"):
        load("hash", tmp_path)
    with pytest.raises(EncoderError, match="cannot be fine-tuned"):
        tunable("hash")
    with pytest.raises(EncoderError, match=r"adapter_config\.json: missing"):
        adapter_digest(tmp_path)


def test_recipes(tmp_path: Path):
    path = tmp_path / "recipe.yaml"
    path.write_text("encoder: use\ntuning: {rank: 8}\n", "utf-8")
    assert load_recipe(path) == replace(Recipe(), encoder="use", tuning=Tuning(rank=8))
    for text, name in (
        ("speed: 3", "speed"),
        ("tuning: {rang: 8}", "rang"),
        ("folds: many", "folds"),
        ("a: [", "read"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=name):
            load_recipe(path)


def test_the_shipped_recipes_are_recipes():
    root = Path(__file__).resolve().parent.parent / "models" / "recipes"
    assert {path.stem: load_recipe(path).encoder for path in root.glob("*.yaml")} == {"e5": "e5", "use": "use"}


def test_long_surroundings_are_cut_and_the_passage_never_is():
    near = Surroundings("B" * 200, None, ("H" * 300,), "w " * 500)
    assert joined("P" * 900, near).startswith("P" * 900 + " [" + "B" * 60 + " / " + "H" * 90 + " / w")
