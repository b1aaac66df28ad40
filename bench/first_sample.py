"""A DCGAN in PyTorch from a cold start to its first samples: one iteration on MNIST, then 64 images. Ends when it has them."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/fixtures"))
from twins import DcganTwin, mnist  # noqa: E402

torch.set_num_threads(1)
twin = DcganTwin(seed=1, images=mnist())
twin.iterate()
with torch.no_grad():
    twin.generator.eval()
    print(twin.generator(torch.randn(64, 100)).shape)
