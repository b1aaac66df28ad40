/** Where a step's time goes on WebAssembly, kernel by kernel, and how far each is from what a core can do at all. */
import type { KernelTime } from "../../children/protocol.ts";
import type { BenchContext, Figure, Row, Section } from "../../suite.ts";
import { ceiling } from "./ceiling.ts";
import { planned } from "./plan.ts";
import { ours, withTrainers } from "./trainers.ts";

/** Lines of a profile; the rest are summed up in one more. */
const shown = 24;

export async function profileSection({ options, note }: BenchContext): Promise<Section> {
  const limit = await ceiling("relaxed");
  const figures: Figure[] = [];
  for (const { case: name, batch, steps } of planned("wasm", options)) {
    note(`profile: ${name}, batch ${batch}`);
    const { ms, kernels } = await profileOf(name, batch, steps);
    figures.push(figureOf(`${name}, batch ${batch}`, ms, kernels, limit));
  }
  return {
    name: "profile",
    title: "Where a step's time goes on WebAssembly",
    text:
      `Time in each kernel, relaxed SIMD, one thread; a core does ${limit.toFixed(1)} GFLOP/s at most, measured beside it in a ` +
      "loop over registers alone. GFLOP/s count what the plain algorithm multiplies: one that saves multiplications may pass it.",
    figures,
  };
}

/** Of one step in the relaxed build, on one thread. */
export interface StepProfile {
  readonly ms: number;
  /** Longest first. */
  readonly kernels: readonly KernelTime[];
}

/** @param steps as many as fit in half a second where null */
export async function profileOf(name: string, batch: number, steps: number | null): Promise<StepProfile> {
  const trainer = ours("GANvas", { case: name, batch, backend: "wasm", form: "relaxed" });
  return withTrainers([trainer], async ({ running, absent }) => {
    const session = running.get("GANvas");
    if (!session) throw new Error(`${name}: ${absent.get("GANvas")}`);
    const first = await session.ask({ steps: 1, profile: true }); // and warm from here on
    const { ms, profile = [] } = await session.ask({
      steps: steps ?? Math.max(1, Math.floor(500 / first.ms)),
      profile: true,
    });
    return { ms, kernels: profile };
  });
}

function figureOf(title: string, step: number, profile: readonly KernelTime[], limit: number): Figure {
  const sum = (kernels: readonly KernelTime[]) => kernels.reduce((ms, kernel) => ms + kernel.ms, 0);
  const line = (contestant: string, ms: number, extra: Row["extra"]): Row => ({
    contestant,
    spread: { count: 1, median: ms, least: ms, most: ms, lower: ms, upper: ms },
    ratio: null,
    extra: { share: `${((100 * ms) / step).toFixed(1)} %`, ...extra },
  });
  const rows = profile.slice(0, shown).map(({ kernel, shapes, calls, ms, flops }) => {
    const rate = flops / ms / 1e6;
    const speed: Row["extra"] =
      flops > 0 ? { "GFLOP/s": rate, "of the ceiling": `${((100 * rate) / limit).toFixed(0)} %` } : {};
    return line(`${kernel} ${shapes}`, ms, { calls, ...speed });
  });
  const rest = profile.slice(shown);
  const products = profile.filter(({ flops }) => flops > 0);
  const flops = products.reduce((all, kernel) => all + kernel.flops, 0);
  return {
    case: title,
    unit: "ms a step",
    reference: null,
    rows: [
      ...rows,
      line(`${rest.length} others`, sum(rest), {}),
      line("all convolutions and products", sum(products), { "GFLOP/s": flops / sum(products) / 1e6 }),
      line("outside of kernels", Math.max(0, step - sum(profile)), {}),
      line("the step", step, { "GFLOP/s": flops / step / 1e6 }),
    ],
  };
}
