"""An adapter: a low-rank update of an encoder's weights, as `peft` writes it, in a folder of two files."""

from __future__ import annotations

import hashlib
import json
import warnings
from pathlib import Path
from typing import Any

from nlp.errors import EncoderError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
OF_PEFT, DOWN, UP = "base_model.model.", ".lora_A.weight", ".lora_B.weight"  # how peft names what it writes
NOT_PLAIN = (
    "use_dora",
    "use_rslora",
    "lora_bias",
    "fan_in_fan_out",
    "rank_pattern",
    "alpha_pattern",
    "modules_to_save",
)


def adapter_digest(adapter: Path) -> str:
    """sha256 (hex) of an adapter's configuration and weights.

    Raises:
        EncoderError: if one of them is missing.
    """
    digest = hashlib.sha256()
    for name in (CONFIG, WEIGHTS):
        try:
            digest.update((adapter / name).read_bytes())
        except FileNotFoundError:
            raise EncoderError(
                adapter / name, "missing", "Get the model folder whole, or train it: evmap train"
            ) from None
    return digest.hexdigest()


def update(tensors: dict[str, Any], adapter: Path) -> dict[str, Any]:
    """Return a network's tensors by name with the update added to its weights: what `merge` does, without peft.

    Raises:
        EncoderError: if the update is not of the plain low-rank kind that `adaptable` makes, or of another network.
    """
    from safetensors.torch import load_file

    config = json.loads((adapter / CONFIG).read_text("utf-8"))
    if any(config.get(option) for option in NOT_PLAIN):
        raise EncoderError(adapter, "not a plain low-rank update", "Train it: evmap train")
    parts, found = load_file(adapter / WEIGHTS), dict(tensors)
    for name, down in parts.items():
        if not name.endswith(DOWN):
            continue
        target = name.removeprefix(OF_PEFT).removesuffix(DOWN) + ".weight"
        if target not in found:
            raise EncoderError(adapter, f"the network has no {target}", "Train it: evmap train")
        up = parts[name.removesuffix(DOWN) + UP]
        found[target] = found[target] + (up @ down) * (config["lora_alpha"] / config["r"])
    return found


def merge(network: Any, adapter: Path) -> Any:
    """Return a transformers network with the update added to its weights; as fast as without."""
    from peft import PeftModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of transformers about peft; nothing that a user can mend
        return PeftModel.from_pretrained(network, str(adapter)).merge_and_unload()


def adaptable(network: Any, rank: int, layers: list[int]) -> Any:
    """Return a transformers network with fresh low-rank updates, of no effect yet, in the given layers."""
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=rank, lora_alpha=rank, target_modules=["query", "key", "value", "dense"], layers_to_transform=layers
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(network, config)


def save_adapter(network: Any, adapter: Path) -> None:
    """Write the adapter of a peft network, without what differs between machines: the same weights, the same hash."""
    network.save_pretrained(str(adapter))
    tidy(adapter)


def tidy(adapter: Path) -> None:
    """Take the folder of this machine, the order of a set and an empty form out of what peft wrote."""
    (adapter / "README.md").unlink(missing_ok=True)
    path = adapter / CONFIG
    config = json.loads(path.read_text("utf-8"))
    config |= {"base_model_name_or_path": "", "target_modules": sorted(config["target_modules"])}
    path.write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", "utf-8")
