"""Training steps of dcgan-mnist in PyTorch on one thread: what bench/step.mjs compares a session with.

Prints its versions as JSON, then answers each line "n" on standard input with the mean milliseconds of n iterations, batches
and noise drawn included. Refuses the reference BLAS, which is several times slower than OpenBLAS.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/fixtures"))
from twins import DcganTwin, mnist  # noqa: E402

torch.set_num_threads(1)
twin = DcganTwin(seed=1, images=mnist())
twin.iterate()  # loads what loads late
blas = sorted({Path(word).name for word in open("/proc/self/maps").read().split() if "blas" in word and ".so" in word})
if not any("openblas" in name for name in blas):
    sys.exit("PyTorch uses " + (", ".join(blas) or "no BLAS") + ". Install OpenBLAS (Debian: libopenblas0) and measure again.")
print(json.dumps({"torch": torch.__version__, "blas": [name for name in blas if "openblas" in name][0]}), flush=True)
for line in sys.stdin:
    count = int(line)
    started = time.perf_counter()
    for _ in range(count):
        twin.iterate()
    print((time.perf_counter() - started) * 1000 / count, flush=True)
