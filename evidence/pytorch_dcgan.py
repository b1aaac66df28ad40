"""dcgan-mnist in PyTorch: the same architecture, data, batches, noise and first weights as `ganvas train` has.

    /usr/bin/python3 evidence/pytorch_dcgan.py SEED STEPS OUT

writes OUT/images.npy (images [N, 1, 28, 28] of the latents in OUT/z.npy, in inference mode) and OUT/run.json: the losses of
the last iteration, images per second, and the versions. One thread.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/fixtures"))
from twins import DcganTwin, mnist  # noqa: E402


def main(seed, steps, out):
    torch.set_num_threads(1)
    twin = DcganTwin(seed=seed, images=mnist())
    started = time.perf_counter()
    for step in range(1, steps + 1):
        losses = twin.iterate()
        if step % 50 == 0:
            print(step, {name: round(loss.item(), 4) for name, loss in losses.items()}, file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    twin.generator.eval()
    with torch.no_grad():
        latents = torch.from_numpy(np.load(out / "z.npy"))
        images = torch.cat([twin.generator(part) for part in latents.split(100)])
    np.save(out / "images.npy", images.numpy())
    blas = next((word for word in open("/proc/self/maps").read().split() if "libopenblas" in word), "the reference BLAS")
    run = {
        "seed": seed,
        "steps": steps,
        "losses": {name: loss.item() for name, loss in losses.items()},
        "imagesPerSecond": steps * twin.batch / seconds,
        "torch": torch.__version__,
        "blas": Path(blas).name,
    }
    (out / "run.json").write_text(json.dumps(run))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
