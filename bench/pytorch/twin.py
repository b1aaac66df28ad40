"""A document's training in PyTorch, timed: what `ganvas bench --suite train` compares a session with.

/usr/bin/python3 bench/pytorch/twin.py FOLDER THREADS [cpu|cuda]

FOLDER holds what src/cli/bench/pytorch/folder.ts wrote: program.py (networks, losses and steps, in the kinds' own expressions)
and the numbers that a session of the same seed starts from. Trains one iteration on that session's own batch and noise, then
prints one line of JSON with versions and that iteration's losses; from then on it answers each line {"steps": n} with the mean
milliseconds of n iterations, batches and noise drawn included. On the processor it refuses the reference BLAS, several times
slower than OpenBLAS. On a graphics processor data lie in its memory, float32 is float32 (no TensorFloat-32), and a time ends when
all has been computed.
"""

import importlib.util
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import torch
from openblas import openblas

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/fixtures"))
from philox import draw as stream_of  # noqa: E402

FOLDER, THREADS = Path(sys.argv[1]), int(sys.argv[2])
DEVICE = torch.device(sys.argv[3] if len(sys.argv) > 3 else "cpu")
ON_CUDA = DEVICE.type == "cuda"
if ON_CUDA and not torch.cuda.is_available():
    sys.exit("this PyTorch has no CUDA, or there is no device for it")
torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
CONTENTS = json.loads((FOLDER / "contents.json").read_text())
NUMBERS = (FOLDER / "numbers.bin").read_bytes()
BATCH = CONTENTS["batch"]


def tensor(entry):
    count = int(np.prod(entry["shape"]))
    values = np.frombuffer(NUMBERS, dtype=entry["type"], count=count, offset=entry["at"]).reshape(entry["shape"])
    return torch.from_numpy(values.copy()).to(DEVICE)


class FirstTorch:
    """torch, with the random numbers that a session's functions draw in its first iteration."""

    stream = None

    def __getattr__(self, name):
        return getattr(torch, name)

    def rand(self, *size):
        size = torch.Size(size[0] if len(size) == 1 and not isinstance(size[0], int) else size)
        return torch.from_numpy(self.stream.uniform(size.numel())).reshape(size)

    def randint(self, low, high, size):
        size = torch.Size(size)
        return low + torch.from_numpy(self.stream.integers(size.numel(), high - low).astype("int64")).reshape(size)


class FirstDraws:
    """What the session drew: images come as NHWC."""

    def __init__(self, scope):
        self.scope, self.values = scope, {each["id"]: each["outputs"] for each in CONTENTS["draws"]}

    def draw(self, source, instruction):
        values = [tensor(entry) for entry in self.values[instruction]]
        return [value.permute(0, 3, 1, 2).contiguous() if value.dim() == 4 else value for value in values]

    def place(self, instruction, step):
        self.scope.stream = stream_of(CONTENTS["seed"], instruction, iteration=0, step=step)


class Draws:
    """Batches of rows chosen at random, and normal noise."""

    def __init__(self):
        self.sources = {
            each["id"]: (each["shapes"], [tensor(entry) for entry in each["tables"]] if each["tables"] else None, each["range"])
            for each in CONTENTS["sources"]
        }

    def draw(self, source, instruction):
        shapes, tables, bounds = self.sources[source]
        if tables is None:
            return [torch.randn(BATCH, *shape, device=DEVICE) for shape in shapes]
        rows = torch.randint(len(tables[0]), (BATCH,), device=DEVICE)
        low, high = bounds
        return [table[rows].float().mul_((high - low) / 255).add_(low) for table in tables[: len(shapes)]]

    def place(self, instruction, step):
        pass


def load(networks):
    for weight in CONTENTS["weights"]:
        module = networks[weight["network"]]
        for name in weight["attribute"].split(".")[:-1]:
            module = getattr(module, name)
        target = getattr(module, weight["attribute"].split(".")[-1])
        values = tensor(weight["values"])
        assert target.shape == values.shape, f"{weight['network']} {weight['attribute']}: {target.shape}, not {values.shape}"
        target.data.copy_(values)


def synchronize():
    if ON_CUDA:
        torch.cuda.synchronize()


def processor():
    lines = open("/proc/cpuinfo").read().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "unknown")


def computes():
    if ON_CUDA:
        return {"cuda": torch.version.cuda, "gpu": torch.cuda.get_device_name(DEVICE)}
    return {"blas": openblas(), "processor": processor()}


torch.set_num_threads(THREADS)
torch.manual_seed(1)
spec = importlib.util.spec_from_file_location("program", FOLDER / "program.py")
program = importlib.util.module_from_spec(spec)
spec.loader.exec_module(program)
networks = {name: network.to(DEVICE) for name, network in program.networks().items()}
load(networks)
optimizers, states = program.optimizers(networks), program.states()

program.torch = FirstTorch()
first = FirstDraws(program.torch)
losses = program.iterate(networks, optimizers, states, first.draw, first.place)
program.torch = torch
print(
    json.dumps(
        {
            "versions": {"torch": torch.__version__, **computes()},
            "threads": torch.get_num_threads(),
            "losses": {name: loss.item() for name, loss in losses.items()},
        }
    ),
    flush=True,
)

draws = Draws()
for line in sys.stdin:
    count = json.loads(line)["steps"]
    synchronize()
    started = time.perf_counter()
    for _ in range(count):
        losses = program.iterate(networks, optimizers, states, draws.draw, draws.place)
    values = [loss.item() for loss in losses.values()]
    synchronize()
    ms = (time.perf_counter() - started) * 1000 / count
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"ms": ms, "peakMB": peak, "finite": bool(np.isfinite(values).all())}), flush=True)
