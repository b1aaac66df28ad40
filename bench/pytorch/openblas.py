"""Which BLAS PyTorch computes with on the processor. The reference one is refused: it is several times slower than OpenBLAS."""

import sys
from pathlib import Path

import torch


def openblas():
    """The library's file name; ends the program where it is neither OpenBLAS nor MKL."""
    torch.ones(2, 2) @ torch.ones(2, 2)  # loaded by now
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return "unknown"
    found = sorted({Path(word).name for word in maps.read_text().split() if ".so" in word and ("blas" in word or "mkl" in word)})
    fast = [name for name in found if "openblas" in name or "mkl" in name]
    if not fast:
        sys.exit(f"PyTorch uses {', '.join(found) or 'no BLAS'}: install OpenBLAS (Debian: libopenblas0) and measure again")
    return fast[0]
