// Adam (Kingma and Ba, 2015, algorithm 1) as PyTorch computes it, with L2 decay in the gradient or decoupled from it
// (Loshchilov and Hutter, 2019).

/** The hyperparameters of one step, written by the caller as nine consecutive f32. */
@unmanaged
export class AdamStep {
  beta1: f32;
  /** 1 − β, computed in double precision: in single precision 1 − 0.999 is off by 5e-5. */
  rest1: f32;
  beta2: f32;
  rest2: f32;
  /** learningRate / (1 − β1ᵗ) */
  rate: f32;
  /** 1 / √(1 − β2ᵗ) */
  correction2: f32;
  epsilon: f32;
  /** L2 weight decay: added to the gradient as decay · parameter. */
  decay: f32;
  /** What decoupled decay leaves of a parameter before the step: 1 − learningRate · decay, else 1. */
  keep: f32;
}

/** New parameters and moments from old ones and the gradient, n floats each, out of place. */
export function adam(
  parameter: usize, m: usize, v: usize, gradient: usize, newParameter: usize, newM: usize, newV: usize, n: i32, s: AdamStep,
): void {
  const bytes = <usize>n << 2;
  const beta1 = f32x4.splat(s.beta1), rest1 = f32x4.splat(s.rest1), decay = f32x4.splat(s.decay);
  const beta2 = f32x4.splat(s.beta2), rest2 = f32x4.splat(s.rest2), keep = f32x4.splat(s.keep);
  const rate = f32x4.splat(s.rate), correction2 = f32x4.splat(s.correction2), epsilon = f32x4.splat(s.epsilon);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const p = v128.load(parameter + i);
    const g = f32x4.add(v128.load(gradient + i), f32x4.mul(p, decay));
    const first = f32x4.add(f32x4.mul(v128.load(m + i), beta1), f32x4.mul(g, rest1));
    const second = f32x4.add(f32x4.mul(v128.load(v + i), beta2), f32x4.mul(f32x4.mul(g, g), rest2));
    const spread = f32x4.add(f32x4.mul(f32x4.sqrt(second), correction2), epsilon);
    v128.store(newParameter + i, f32x4.sub(f32x4.mul(p, keep), f32x4.div(f32x4.mul(first, rate), spread)));
    v128.store(newM + i, first);
    v128.store(newV + i, second);
  }
  for (; i < bytes; i += 4) {
    const p = load<f32>(parameter + i);
    const g = load<f32>(gradient + i) + p * s.decay;
    const first = load<f32>(m + i) * s.beta1 + g * s.rest1;
    const second = load<f32>(v + i) * s.beta2 + g * g * s.rest2;
    const spread = Mathf.sqrt(second) * s.correction2 + s.epsilon;
    store<f32>(newParameter + i, p * s.keep - (first * s.rate) / spread);
    store<f32>(newM + i, first);
    store<f32>(newV + i, second);
  }
}
