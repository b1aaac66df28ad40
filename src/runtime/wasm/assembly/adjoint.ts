// The adjoint of a convolution of stride 1: the convolution, of the output's image by flipped filters, whose input gradient
// is the given one. A convolution to few channels is better done as its adjoint's input gradient, which multiplies every
// pixel once and spreads the few results, than by gathering windows of many channels to make a narrow product.

import { turn } from "./pack";
import { COLUMNS } from "./tile";
import { floats } from "./vectors";
import { Convolution } from "./windows";

/** Room for the adjoint's own Convolution. */
export const ADJOINT_BYTES: usize = 64;

export function prefersAdjoint(g: Convolution): bool {
  const dense = g.strideHeight * g.strideWidth * g.dilationHeight * g.dilationWidth == 1;
  return dense && g.filters < COLUMNS && g.filters < g.channels;
}

/** The adjoint's geometry, written to `at`. */
export function adjointOf(g: Convolution, at: usize): Convolution {
  const adjoint = changetype<Convolution>(at);
  adjoint.batch = g.batch;
  adjoint.height = g.outHeight;
  adjoint.width = g.outWidth;
  adjoint.channels = g.filters;
  adjoint.kernelHeight = g.kernelHeight;
  adjoint.kernelWidth = g.kernelWidth;
  adjoint.strideHeight = 1;
  adjoint.strideWidth = 1;
  adjoint.top = g.kernelHeight - 1 - g.top;
  adjoint.left = g.kernelWidth - 1 - g.left;
  adjoint.outHeight = g.height;
  adjoint.outWidth = g.width;
  adjoint.filters = g.channels;
  adjoint.dilationHeight = 1;
  adjoint.dilationWidth = 1;
  return adjoint;
}

/**
 * The taps (i0 + i·strideHeight, j0 + j·strideWidth) of a filter of g, as many as `target` has, in reverse order and each
 * transposed to [filters][channels].
 */
export function flipTaps(to: usize, filter: usize, i0: i32, j0: i32, g: Convolution, target: Convolution): void {
  const C = g.channels, N = g.filters, tap = floats(C) * N;
  for (let i = target.kernelHeight - 1; i >= 0; i--) {
    for (let j = target.kernelWidth - 1; j >= 0; j--, to += tap) {
      const from = filter + tap * ((i0 + i * g.strideHeight) * g.kernelWidth + j0 + j * g.strideWidth);
      for (let c = 0; c < C; c += 4) {
        const rows = min(4, C - c);
        turn(to + floats(c), floats(C), from + floats(N) * c, floats(N), N, rows, rows);
      }
    }
  }
}
