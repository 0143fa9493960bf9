"""The forward pass of our own: what transformers computes, and the same bytes whatever stands beside a text."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from nlp.encode.adapter import adaptable, merge, save_adapter, update
from nlp.encode.base import packs
from nlp.encode.device import has_bf16, has_int8
from nlp.encode.integers import ByteLinear, _weighed
from nlp.encode.linear import Linear, one_dnn
from nlp.encode.network import Network, Shape
from nlp.encode.parts import parts_of
from nlp.encode.ranges import RANGES, Ranges, measure
from nlp.encode.states import Memory, States, tokens
from nlp.encode.transformer import TransformerEmbedder
from nlp.errors import EncoderError

WORDS, PLACES, WIDTH, HEADS, LAYERS = 90, 120, 48, 4, 3
TEXTS = st.lists(st.lists(st.integers(0, WORDS - 1), min_size=1, max_size=PLACES), min_size=1, max_size=9)
HALF = one_dnn(torch.bfloat16) is not None
DTYPES = [torch.float32, *([torch.bfloat16] if HALF else [])]
BYTES = [torch.uint8] if has_int8() else []


def bert() -> BertModel:
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=WORDS, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
        intermediate_size=4 * WIDTH, max_position_embeddings=PLACES, initializer_range=0.2,
    )  # fmt: skip
    return BertModel(config, add_pooling_layer=False).eval()


def network(half: bool = False) -> Network:
    return Network(bert().state_dict(), Shape(LAYERS, HEADS, 1e-12), half)


NETWORKS = {dtype: network(dtype is torch.bfloat16) for dtype in DTYPES}
MEASURED = measure(NETWORKS[torch.float32], [[*range(start, start + 40)] for start in range(0, 50, 5)])
if BYTES:
    NETWORKS[torch.uint8] = Network(bert().state_dict(), Shape(LAYERS, HEADS, 1e-12), ranges=MEASURED)
needs_bytes = pytest.mark.skipif(not BYTES, reason="this CPU does not add up products of bytes")


def theirs(text: list[int]) -> np.ndarray:
    with torch.inference_mode():
        return bert()(torch.tensor([text])).last_hidden_state[0].numpy()


@pytest.mark.parametrize(
    ("told", "faster"),
    [
        ("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx512f avx512_bf16 amx_bf16 amx_tile", True),
        ("vendor_id\t: GenuineIntel\nflags\t\t: fpu avx512f avx512_bf16", False),
        ("vendor_id\t: AuthenticAMD\nflags\t\t: fpu avx512f avx512_bf16", True),
        ("vendor_id\t: AuthenticAMD\nflags\t\t: fpu avx2", False),
        ("Features\t: fp asimd bf16", False),
    ],
)
def test_bfloat16_is_taken_where_it_is_faster(tmp_path: Path, told: str, faster: bool):
    cpuinfo = tmp_path / "cpuinfo"
    assert has_bf16(cpuinfo) is False, "no word of the CPU"
    cpuinfo.write_text(f"processor\t: 0\n{told}\n\nprocessor\t: 1\nvendor_id\t: Another\nflags\t\t: fpu\n")
    assert has_bf16(cpuinfo) is faster


@pytest.mark.parametrize(("flags", "there"), [("fpu avx512_vnni", True), ("avx2 avx_vnni", True), ("avx2", False)])
def test_bytes_are_for_processors_that_add_them_up(tmp_path: Path, flags: str, there: bool):
    cpuinfo = tmp_path / "cpuinfo"
    assert has_int8(cpuinfo) is False
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\n")
    assert has_int8(cpuinfo) is there


@pytest.mark.parametrize("text", [[5], [*range(40)], [*range(90), 3, 3, 3]])
def test_it_computes_what_transformers_computes(text: list[int]):
    (found,) = NETWORKS[torch.float32].read([text])
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, theirs(text), atol=2e-5)


@pytest.mark.skipif(not HALF, reason="this CPU only imitates bfloat16")
def test_half_the_bits_are_nearly_the_same():
    text = [*range(70)]
    (found,), wanted = NETWORKS[torch.bfloat16].read([text]), theirs(text)
    assert 0 < np.abs(found - wanted).max() < 0.2
    cosines = (found * wanted).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosines.min() > 0.999


@needs_bytes
def test_bytes_are_near_to_float32():
    text = [*range(70)]
    (found,), wanted = NETWORKS[torch.uint8].read([text]), theirs(text)
    assert np.abs(found - wanted).max() > 0
    cosines = (found * wanted).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(wanted, axis=1)
    assert cosines.min() > 0.995


@needs_bytes
@settings(max_examples=30, deadline=None)
@given(data=st.data(), rows=st.integers(1, 40), inner=st.integers(1, 70), columns=st.integers(1, 40))
def test_products_of_bytes_are_as_near_as_their_steps_allow(data: st.DataObject, rows: int, inner: int, columns: int):
    torch.manual_seed(data.draw(st.integers(0, 99)))
    table = torch.randn(rows, inner) * torch.logspace(-1, 1, inner)  # columns that reach unequally far
    weight, bias = torch.randn(columns, inner), torch.randn(columns)
    layer = ByteLinear(weight, bias, table.amin(0), table.amax(0))
    told = layer.bytes_of(table)
    steps = 1 / layer._times
    assert ((told.float() - layer.zero) * steps - table).abs().le(1.02 * steps).all(), "a byte is the nearest but one"
    exact = ((told.double() - layer.zero) * steps.double()) @ weight.double().T + bias.double()
    near = table.abs().amax(0) @ weight.abs().T.amax(1)
    torch.testing.assert_close(layer(told).double(), exact, atol=0.02 * near.item() + 1e-3, rtol=0)


def test_what_is_beyond_the_ranges_becomes_the_nearest_that_is_not():
    layer = ByteLinear(torch.eye(3), torch.zeros(3), torch.full((3,), -1.0), torch.full((3,), 2.0))
    least, most = layer.bytes_of(torch.tensor([[-9.0, -1.0, 0.0], [9.0, 2.0, 1.0]])).tolist()
    assert (least[:2], most[:2]) == ([0, 0], [255, 255]) and 0 < least[2] == layer.zero < most[2] < 255


@pytest.mark.parametrize("times", [1.0, 60.0, -60.0, 3000.0])
def test_attention_is_a_softmax_however_steep(times: float):
    torch.manual_seed(3)
    query, key, value = torch.randn(3, 2, 9, 4).unbind(0)
    if times < 0:  # all scores far below 0
        key, query = key.abs(), -query.abs()
    found = _weighed(query * abs(times), key, value, torch.empty(2, 9, 9))
    wanted = torch.softmax(query * abs(times) @ key.transpose(1, 2), -1) @ value
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=1e-4)


def test_ranges_hold_what_they_were_measured_on_and_are_kept(tmp_path: Path):
    seen: list[tuple[int, str, torch.Tensor]] = []
    NETWORKS[torch.float32].watch([*range(40)], lambda *told: seen.append(told))
    assert {(layer, name) for layer, name, _ in seen} == {(n, name) for n in range(LAYERS) for name in MEASURED.low}
    for layer, name, rows in seen:
        low, high = MEASURED.of(layer)[name]
        assert (rows.amin(0).numpy() >= low).all() and (rows.amax(0).numpy() <= high).all()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (tmp_path / name).write_bytes(b"{}")
    assert MEASURED.save(tmp_path) == tmp_path / RANGES
    assert Ranges.load(tmp_path).digest == MEASURED.digest
    (tmp_path / "adapter_model.safetensors").write_bytes(b"another")
    with pytest.raises(EncoderError, match="measured with another adapter"):
        Ranges.load(tmp_path)
    changed = Ranges(MEASURED.low, {**MEASURED.high, "see": MEASURED.high["see"] + 1})
    assert changed.digest != MEASURED.digest


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "missing"), (b"PK", "damaged"), (b"", "damaged"), (b"PK\x03\x04 torn", "damaged")]
)
def test_ranges_that_cannot_be_read_say_what_to_do(tmp_path: Path, content: bytes | None, reason: str):
    if content is not None:
        (tmp_path / RANGES).write_bytes(content)
    with pytest.raises(EncoderError, match=f"{reason}(?s:.)*evmap models ranges"):
        Ranges.load(tmp_path)
    with pytest.raises(EncoderError, match="as packed"):
        Ranges.load(None)


@pytest.mark.parametrize("dtype", [*DTYPES, *BYTES])
@settings(max_examples=40, deadline=None)
@given(texts=TEXTS)
def test_a_text_has_the_bytes_it_has_alone(dtype: torch.dtype, texts: list[list[int]]):
    net = NETWORKS[dtype]
    together = [states.tobytes() for states in net.read(texts)]
    assert together == [net.read([text])[0].tobytes() for text in texts]
    assert together[::-1] == [states.tobytes() for states in net.read(texts[::-1])]


def test_where_neighbours_matter_texts_are_read_one_by_one():
    wary, texts = network(), [[1, 2, 3], [4], [*range(50)]]
    vars(wary)["together"] = False  # what a library that sums otherwise would lead to
    read: list[int] = []
    inner = wary._read
    wary._read = lambda pack: (read.append(len(pack)), inner(pack))[1]  # type: ignore[method-assign]
    assert [len(states) for states in wary.read(texts)] == [3, 1, 50]
    assert read == [1, 1, 1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_layer_is_the_same_without_one_dnn(dtype: torch.dtype):
    torch.manual_seed(1)
    rows, more = torch.randn(40, 32).to(dtype), torch.randn(40, 64).to(dtype)
    layer = Linear(torch.randn(64, 32), torch.randn(64), dtype)
    assert (layer._one_dnn is None) == (one_dnn(dtype) is None)
    with torch.inference_mode():
        for how in ({}, {"gelu": True}, {"add": more}):
            plain = Linear.__new__(Linear)
            torch.manual_seed(1)
            torch.randn(40, 32), torch.randn(40, 64)
            plain._one_dnn, plain._weight, plain._bias = None, torch.randn(64, 32).to(dtype), torch.randn(64).to(dtype)
            tolerance = 1e-4 if dtype is torch.float32 else 0.13  # one unit in the last place of 16
            torch.testing.assert_close(layer(rows, **how), plain(rows, **how), atol=tolerance, rtol=1e-2)


@given(st.lists(st.text(min_size=1, max_size=30)), st.integers(1, 60))
def test_packs_keep_order_and_measure(texts: list[str], most: int):
    found = list(packs(texts, most))
    assert [text for pack in found for text in pack] == texts
    assert all(len(pack) == 1 or sum(map(len, pack)) <= most for pack in found)


# --- the folder of a model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tokenizers import Tokenizer, models, pre_tokenizers

    home = tmp_path_factory.mktemp("model")
    bert().save_pretrained(home)
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "lamp": 1, "oil": 2}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.enable_truncation(2)
    tokenizer.save(str(home / "tokenizer.json"))
    (home / "sentence_bert_config.json").write_text('{"max_seq_length": 64}')
    (home / "1_Pooling").mkdir()
    (home / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    return home


def test_the_parts_of_a_folder(folder: Path):
    parts = parts_of(folder)
    assert (parts.shape, parts.max_tokens) == (Shape(LAYERS, HEADS, 1e-12), 64)
    assert parts.tokenizer.encode("lamp oil lamp oil").ids == [1, 2, 1, 2]  # cut into windows, not off
    read = Network(parts.tensors, parts.shape).read([[5, 6, 7]])[0]
    assert read.tobytes() == NETWORKS[torch.float32].read([[5, 6, 7]])[0].tobytes()


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("config.json", {"model_type": "roberta"}, "no BERT with GELU"),
        ("config.json", {"hidden_act": "relu"}, "no BERT with GELU"),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}, "not means"),
        ("sentence_bert_config.json", None, "cannot be read"),
    ],
)
def test_what_is_no_bert_with_means_is_refused(
    folder: Path, tmp_path: Path, name: str, change: dict[str, Any] | None, reason: str
):
    copy = shutil.copytree(folder, tmp_path / "copy")
    content = json.loads((copy / name).read_text())
    (copy / name).write_text("{" if change is None else json.dumps(content | change))
    with pytest.raises(EncoderError, match=reason):
        parts_of(copy)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model that is no BERT, as the library saves it."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import DistilBertConfig, DistilBertModel, PreTrainedTokenizerFast

    home = tmp_path_factory.mktemp("other")
    torch.manual_seed(5)
    shape = {"dim": WIDTH, "n_layers": 2, "n_heads": HEADS, "hidden_dim": WIDTH, "max_position_embeddings": PLACES}
    DistilBertModel(DistilBertConfig(vocab_size=WORDS, **shape)).save_pretrained(home / "bare")
    words = {"[PAD]": 0, "[UNK]": 1, "lamp": 2, "oil": 3, "ask:": 4}
    tokenizer = Tokenizer(models.WordLevel(words, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(
        home / "bare"
    )
    bare = Transformer(str(home / "bare"), max_seq_length=16)
    SentenceTransformer(modules=[bare, Pooling(WIDTH, "mean")]).save(str(home / "whole"))
    return home / "whole"


def test_another_network_is_computed_by_sentence_transformers(other: Path):
    from sentence_transformers import SentenceTransformer

    embedder = TransformerEmbedder("other", lambda: other, "0" * 64, WIDTH, prefix="ask: ")
    texts = ["lamp oil", "oil", "oil oil lamp lamp"]
    theirs = SentenceTransformer(str(other), device="cpu").encode([f"ask: {text}" for text in texts])
    unit = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
    np.testing.assert_allclose(embedder.encode(texts), unit, atol=1e-5)
    assert embedder.encode(["lamp " * 40]).shape == (1, WIDTH)  # in windows, nothing cut off
    left = embedder.leave_out([("lamp oil", [(0, 4)])])
    assert abs(left[0] @ unit[0]) < 1 - 1e-6


@pytest.fixture(scope="module")
def adapter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("adapter")
    tuned = adaptable(bert(), 4, [1, 2])
    torch.manual_seed(3)
    for name, weight in tuned.named_parameters():
        if "lora_" in name:
            weight.data.normal_()
    save_adapter(tuned, home)
    return home


def test_an_update_is_added_as_peft_adds_it(adapter: Path):
    plain, merged = bert().state_dict(), merge(bert(), adapter).state_dict()
    ours = update(plain, adapter)
    assert ours.keys() == merged.keys()
    assert all(torch.equal(ours[name], merged[name]) for name in merged)
    changed = [name for name in merged if not torch.equal(merged[name], plain[name])]
    assert len(changed) == 12  # query, key, value and three outputs of two layers


def test_an_update_of_another_kind_or_network_is_refused(adapter: Path, tmp_path: Path):
    copy = shutil.copytree(adapter, tmp_path / "copy")
    weights = load_file(copy / "adapter_model.safetensors")
    save_file(
        {name.replace("layer.2", "layer.9"): part for name, part in weights.items()}, copy / "adapter_model.safetensors"
    )
    with pytest.raises(EncoderError, match=r"the network has no encoder.layer.9"):
        update(bert().state_dict(), copy)
    config = json.loads((copy / "adapter_config.json").read_text())
    (copy / "adapter_config.json").write_text(json.dumps(config | {"use_dora": True}))
    with pytest.raises(EncoderError, match="not a plain low-rank update"):
        update(bert().state_dict(), copy)


def test_reading_loads_no_library_of_models(folder: Path):
    code = (
        "import sys; from pathlib import Path; from nlp.encode.transformer import TransformerEmbedder;"
        f"made = TransformerEmbedder('tiny', lambda: Path({str(folder)!r}), '0' * 64, {WIDTH}).encode(['lamp oil']);"
        "print(made.shape, [name for name in ('transformers', 'sentence_transformers', 'peft') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"(1, {WIDTH}) []"


# --- what was read is remembered


def states(tokens: int) -> list[States]:
    return [States(np.zeros((tokens, 2), np.float32), np.zeros(tokens, int), np.zeros(tokens, int))]


def test_the_oldest_text_makes_way():
    memory = Memory(10, tokens)
    for text, size in {"a": 4, "b": 4, "c": 3, "too long": 11}.items():
        memory.put(text, states(size))
    assert [text for text in ("a", "b", "c", "too long") if memory.get(text)] == ["b", "c"]
    memory.put("b", states(9))  # known already
    assert memory.get("c")
