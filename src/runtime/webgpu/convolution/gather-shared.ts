/**
 * The form of gathering convolutions for devices with fast workgroup memory: 16 × 16 invocations compute 64 pixels × 64
 * channels, and load what they need together, 16 channels of one tap at a time. Channels are multiples of 4 at both ends.
 */
import {
  type Direction,
  entry,
  type GatherCode,
  gatherUniforms,
  pixelAddress,
  pixelStart,
  tapOffset,
} from "./gather-code.ts";

/** Invocations of a workgroup along each axis. */
export const SHARED_SIDE = 16;

const PIXELS = 4;

export function gatherSharedCode(direction: Direction): GatherCode {
  const forward = direction === "forward";
  const each = (f: (i: number) => string) => Array.from({ length: PIXELS }, (_, i) => f(i)).join("\n");
  return {
    outputs: { result: "vec4<f32>" },
    inputs: { source: "vec4<f32>", weights: "vec4<f32>" },
    uniforms: gatherUniforms,
    code: `
// 64 pixels × 16 channels of the source, and for each of these channels the weights of 64 channels of the result.
var<workgroup> sources: array<vec4<f32>, 256>;
var<workgroup> rows: ${forward ? "array<vec4<f32>, 256>" : "array<f32, 1024>"};
${entry(SHARED_SIDE, SHARED_SIDE, forward)}
  let firstColumn = (index % u.columnGroups) * 64;
  let firstRow = (index / u.columnGroups) * 64;
  let me = i32(local.y * 16 + local.x);
  let row = firstRow + i32(local.y) * ${PIXELS};
  let quarter = me % 4 * 4;
  ${pixelStart("L", "firstRow + me / 4", forward)}
  ${each((i) => `var sum${i} = vec4<f32>();`)}

  for (var ky = 0; ky < u.kernelHeight; ky++) {
    ${tapOffset("Y", forward)}
    for (var kx = 0; kx < u.kernelWidth; kx++) {
      ${tapOffset("X", forward)}
      ${pixelAddress("L", 4)}
      let tap = ky * u.kernelWidth + kx;
      for (var c = firstSource; c < lastSource; c += 16) {
        let known = c + quarter < lastSource;
        sources[me] = select(vec4<f32>(), source[atL + (c + quarter) / 4], insideL && known);
        ${forward ? loadForward : loadBackward}
        workgroupBarrier();
        for (var k = 0; k < 4; k++) {
          ${[0, 1, 2, 3].map((part) => `let w${part} = ${rowOf(`k * 4 + ${part}`, forward)};`).join("\n")}
          ${each(
            (i) => `let v${i} = sources[(i32(local.y) * ${PIXELS} + ${i}) * 4 + k];
          sum${i} += v${i}.x * w0 + v${i}.y * w1 + v${i}.z * w2 + v${i}.w * w3;`,
          )}
        }
        workgroupBarrier();
      }
    }
  }

  let channel = firstColumn + i32(local.x) * 4;
  if (channel >= toGroup) { return; }
  ${each(
    (i) => `${pixelStart(i, `row + ${i}`, forward)}
  if (m${i} < u.pixels && toY${i} < u.toHeight && toX${i} < u.toWidth) {
    let place = part * u.values + ((n${i} * u.toHeight + toY${i}) * u.toWidth + toX${i}) * u.toChannels + group * toGroup;
    result[(place + channel) / 4] = sum${i};
  }`,
  )}
}`,
  };
}

/** Weights [tap, in, out]: an invocation loads four of the result's channels for one of the source's. */
const loadForward = `
        let fromChannel = c + me / 16;
        let toChannel = firstColumn + me % 16 * 4;
        let used = fromChannel < lastSource && toChannel < toGroup;
        let at = select(0, ((tap * fromGroup + fromChannel) * u.toChannels + group * toGroup + toChannel) / 4, used);
        rows[me] = select(vec4<f32>(), weights[at], used);`;

/** Weights [tap, in, out]: an invocation loads four of the source's channels for one of the result's, and turns them. */
const loadBackward = `
        let toChannel = firstColumn + me / 4;
        let at = select(0, ((tap * toGroup + toChannel) * u.fromChannels + group * fromGroup + c + quarter) / 4, known && toChannel < toGroup);
        let weight = select(vec4<f32>(), weights[at], known && toChannel < toGroup);
        rows[quarter * 64 + me / 4] = weight.x;
        rows[(quarter + 1) * 64 + me / 4] = weight.y;
        rows[(quarter + 2) * 64 + me / 4] = weight.z;
        rows[(quarter + 3) * 64 + me / 4] = weight.w;`;

/** The weights of one of the 16 channels for the four channels that an invocation computes. */
function rowOf(channel: string, forward: boolean): string {
  if (forward) return `rows[(${channel}) * 16 + i32(local.x)]`;
  const at = (lane: number) => `rows[(${channel}) * 64 + i32(local.x) * 4 + ${lane}]`;
  return `vec4<f32>(${[0, 1, 2, 3].map(at).join(", ")})`;
}
