"""Networks of GANvas in PyTorch, of the text that their kinds give: exported to ONNX, and run eagerly.

Speaks lines of JSON, one answer a line. First {"versions": {…}}, then
  {"build": "NAME", "twin": {…}, "inputs": […], "outputs": […], "weights": "FILE.safetensors", "onnx": "FILE.onnx"}
  {"run": "NAME", "batch": 16, "repeat": 4}                                           → {"ms": 3.1}
`twin` is what networkTwin of src/cli/bench/pytorch/twin.ts gives; inputs have a name and a shape. One thread, in inference mode.
"""

import json
import struct
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from openblas import openblas

OPSET = 17
warnings.filterwarnings("ignore")


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


def module_of(twin, weights):
    scope = {}
    exec(twin["source"], scope)
    module = scope[twin["name"]]()
    values = {twin["weights"][name]: value for name, value in read_safetensors(weights)}
    missing, unexpected = module.load_state_dict(values, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing), (missing, unexpected)
    return module.eval()


def build(request):
    module = module_of(request["twin"], request["weights"])
    shapes = [entry["shape"] for entry in request["inputs"]]
    named = {kind: [entry["name"] for entry in request[kind]] for kind in ("inputs", "outputs")}
    torch.onnx.export(
        module,
        tuple(torch.zeros(2, *shape) for shape in shapes),
        request["onnx"],
        opset_version=OPSET,
        input_names=named["inputs"],
        output_names=named["outputs"],
        dynamic_axes={name: {0: "N"} for names in named.values() for name in names},
    )
    return module, shapes


def run(module, shapes, batch, repeat):
    given = [torch.randn(batch, *shape) for shape in shapes]
    with torch.inference_mode():
        times = []
        for _ in range(repeat):
            started = time.perf_counter()
            module(*given)
            times.append((time.perf_counter() - started) * 1000)
        return min(times)


torch.set_num_threads(1)
torch.manual_seed(0)
built = {}
print(json.dumps({"versions": {"torch": torch.__version__, "blas": openblas()}}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if "build" in request:
        built[request["build"]] = build(request)
        answer = {"built": request["build"]}
    else:
        answer = {"ms": run(*built[request["run"]], request["batch"], request["repeat"])}
    print(json.dumps(answer), flush=True)
