"""One training step of a DCGAN on 28×28 images in PyTorch: what bench/kernels.mjs compares itself with.

Answers every line on standard input with the milliseconds of that many steps' median. One thread.
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn.functional import leaky_relu, relu, softplus

torch.set_num_threads(1)
torch.manual_seed(0)
BATCH = 64


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.project, self.norm0 = nn.Linear(100, 6272), nn.BatchNorm2d(128)
        self.up1, self.norm1 = nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64)
        self.up2 = nn.ConvTranspose2d(64, 1, 4, 2, 1)

    def forward(self, z):
        h = relu(self.norm0(self.project(z).view(-1, 128, 7, 7)))
        return torch.tanh(self.up2(relu(self.norm1(self.up1(h)))))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1, self.down2 = nn.Conv2d(1, 64, 4, 2, 1), nn.Conv2d(64, 128, 4, 2, 1)
        self.norm2, self.judge = nn.BatchNorm2d(128), nn.Linear(6272, 1)

    def forward(self, x):
        h = leaky_relu(self.norm2(self.down2(leaky_relu(self.down1(x), 0.2))), 0.2)
        return self.judge(h.flatten(1))


G, D = Generator(), Discriminator()
adams = [torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (G, D)]
real, z = torch.randn(BATCH, 1, 28, 28).tanh(), torch.randn(BATCH, 100)


def step():
    with torch.no_grad():
        fake = G(z)
    adams[1].zero_grad()
    (softplus(-D(real)).mean() + softplus(D(fake)).mean()).backward()
    adams[1].step()
    adams[0].zero_grad()
    D.requires_grad_(False)
    softplus(-D(G(z))).mean().backward()
    D.requires_grad_(True)
    adams[0].step()


def milliseconds():
    start = time.perf_counter()
    step()
    return (time.perf_counter() - start) * 1e3


for _ in range(3):
    step()
for line in sys.stdin:
    print(statistics.median(milliseconds() for _ in range(int(line))), flush=True)
