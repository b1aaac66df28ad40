"""A network of GANvas in PyTorch, of the text that its kinds give: exported to ONNX, and run eagerly.

Speaks lines of JSON, one answer a line. First {"versions": {…}}, then
  {"build": "NAME", "twin": {…}, "weights": "FILE.safetensors", "onnx": "FILE.onnx"}  → {"nodes": 12}
  {"run": "NAME", "batch": 16, "repeat": 4}                                           → {"ms": 3.1}
`twin` is what src/cli/bench/twin.ts makes. One thread, in inference mode. Refuses the reference BLAS, which is several times
slower than OpenBLAS.
"""

import json
import struct
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

OPSET = 17
warnings.filterwarnings("ignore")


class Twin(nn.Module):
    def __init__(self, description):
        super().__init__()
        self.inputs = [entry["value"] for entry in description["inputs"]]
        self.results = [entry["value"] for entry in description["outputs"]]
        self.steps = []
        for layer in description["layers"]:
            scope = {"torch": torch, "nn": nn, "F": F}
            exec(layer.get("definition", ""), scope)
            if "module" in layer:
                place(self, layer["id"].split("."), eval(layer["module"], scope))
            self.steps.append((layer, scope, compile(layer["forward"], layer["id"], "eval")))

    def forward(self, *given):
        values = dict(zip(self.inputs, given))
        for layer, scope, code in self.steps:
            module = self.get_submodule(layer["id"]) if "module" in layer else None
            result = eval(code, scope, {**values, "module": module})
            values.update(zip(layer["outputs"], result if isinstance(result, (tuple, list)) else [result]))
        return tuple(values[name] for name in self.results)


def place(parent, path, module):
    """"main.0.conv" lies in a module "0" of a module "main", as state_dict names it."""
    for name in path[:-1]:
        if name not in parent._modules:
            parent.add_module(name, nn.Module())
        parent = parent._modules[name]
    parent.add_module(path[-1], module)


def read_safetensors(file):
    data = Path(file).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[8 + length + begin : 8 + length + end], "<f4")
        yield name, torch.from_numpy(values.copy()).view(entry["shape"])


def build(description, weights, onnx):
    twin = Twin(description)
    missing, unexpected = twin.load_state_dict(dict(read_safetensors(weights)), strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    twin.eval()
    named = {kind: [entry["name"] for entry in description[kind]] for kind in ("inputs", "outputs")}
    torch.onnx.export(
        twin,
        tuple(torch.zeros(2, *entry["shape"]) for entry in description["inputs"]),
        onnx,
        opset_version=OPSET,
        input_names=named["inputs"],
        output_names=named["outputs"],
        dynamic_axes={name: {0: "N"} for names in named.values() for name in names},
    )
    return twin, [entry["shape"] for entry in description["inputs"]]


def run(twin, shapes, batch, repeat):
    given = [torch.randn(batch, *shape) for shape in shapes]
    with torch.inference_mode():
        times = []
        for _ in range(repeat):
            started = time.perf_counter()
            twin(*given)
            times.append((time.perf_counter() - started) * 1000)
        return min(times)


def blas():
    """The BLAS that PyTorch computes with; ends the program where it is the reference one."""
    torch.ones(2, 2) @ torch.ones(2, 2)
    words = open("/proc/self/maps").read().split() if Path("/proc/self/maps").exists() else []
    found = sorted({Path(word).name for word in words if "blas" in word and ".so" in word})
    if words and not any("openblas" in name for name in found):
        sys.exit(f"PyTorch uses {', '.join(found) or 'no BLAS'}: install OpenBLAS (Debian: libopenblas0)")
    return next((name for name in found if "openblas" in name), "unknown")


torch.set_num_threads(1)
torch.manual_seed(0)
twins = {}
print(json.dumps({"versions": {"torch": torch.__version__, "blas": blas()}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "build" in request:
        twins[request["build"]] = build(request["twin"], request["weights"], request["onnx"])
        answer = {"built": request["build"]}
    else:
        answer = {"ms": run(*twins[request["run"]], request["batch"], request["repeat"])}
    print(json.dumps(answer), flush=True)
