/** A plan made real: buffers, bind groups, and the recorded commands over them, ready to be encoded. */
import { withoutDetours } from "./detours.ts";
import { PaperBuffer, type AnyBuffer, type Command, type Dispatch } from "./paper.ts";
import { planOf } from "./plan.ts";

/** A recording over real buffers. */
export interface BuiltStep {
  readonly dispatches: number;
  readonly copies: number;
  /** Bytes of its own buffers. */
  readonly bytes: number;
  readonly feeds: { readonly buffer: GPUBuffer; readonly offsets: readonly number[] };
  /** Where a kept buffer of the recording lies. */
  real(paper: PaperBuffer): GPUBuffer;
  encode(encoder: GPUCommandEncoder): void;
  destroy(): void;
}

/**
 * @param feeds bytes of each feed, by number
 * @param kept buffers that are read after the last command.
 */
export function build(
  device: GPUDevice,
  recorded: readonly Command[],
  feeds: readonly number[],
  kept: readonly PaperBuffer[],
): BuiltStep {
  const commands = withoutDetours(recorded, kept);
  const plan = planOf(commands, feeds, kept);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const owned: GPUBuffer[] = [];
  const create = (size: number, extra = 0) => {
    owned.push(device.createBuffer({ size: Math.max(size, 4), usage: usage | extra }));
    return owned.at(-1)!;
  };
  const constants = create(plan.constants.byteLength, GPUBufferUsage.UNIFORM);
  if (plan.constants.byteLength > 0) device.queue.writeBuffer(constants, 0, plan.constants);
  const fed = create(plan.feeds);
  const pool = plan.pool.map((size) => create(size));

  const realOf = (buffer: AnyBuffer): { readonly buffer: GPUBuffer; readonly offset: number } => {
    if (!(buffer instanceof PaperBuffer)) return { buffer, offset: 0 };
    const { in: where, offset } = plan.places.get(buffer)!;
    return { buffer: where === "constants" ? constants : where === "feeds" ? fed : pool[where], offset };
  };
  const program = commands.map((command) => stepOf(device, command, realOf));
  return {
    dispatches: commands.filter((each) => each.do === "dispatch").length,
    copies: commands.filter((each) => each.do === "copy").length,
    bytes: owned.reduce((sum, { size }) => sum + size, 0),
    feeds: { buffer: fed, offsets: plan.feedOffsets },
    real: (paper) => realOf(paper).buffer,
    encode: (encoder) => encode(encoder, program),
    destroy: () => owned.forEach((buffer) => buffer.destroy()),
  };
}

type Step = RealDispatch | RealCopy;
interface RealDispatch {
  readonly pipeline: GPUComputePipeline;
  readonly groups: readonly (GPUBindGroup | undefined)[];
  readonly grid: Dispatch["grid"];
}
interface RealCopy {
  readonly pipeline: null;
  readonly copy: readonly [GPUBuffer, number, GPUBuffer, number, number];
}

type RealOf = (buffer: AnyBuffer) => { readonly buffer: GPUBuffer; readonly offset: number };

function stepOf(device: GPUDevice, command: Command, realOf: RealOf): Step {
  if (command.do === "copy") {
    const [from, to] = [realOf(command.from), realOf(command.to)];
    const { fromOffset, toOffset, size } = command;
    return { pipeline: null, copy: [from.buffer, from.offset + fromOffset, to.buffer, to.offset + toOffset, size] };
  }
  const { pipeline, groups, grid } = command;
  const bound = groups.map(
    (group) =>
      group &&
      device.createBindGroup({
        layout: group.layout,
        entries: group.entries.map(({ binding, buffer, offset, size }) => {
          const real = realOf(buffer);
          return { binding, resource: { buffer: real.buffer, offset: real.offset + offset, size } };
        }),
      }),
  );
  return { pipeline, groups: bound, grid };
}

function encode(encoder: GPUCommandEncoder, program: readonly Step[]): void {
  let pass: GPUComputePassEncoder | null = null;
  let current: GPUComputePipeline | null = null;
  for (const step of program) {
    if (step.pipeline === null) {
      pass?.end();
      pass = current = null;
      encoder.copyBufferToBuffer(...step.copy);
      continue;
    }
    pass ??= encoder.beginComputePass();
    if (step.pipeline !== current) pass.setPipeline((current = step.pipeline));
    for (let index = 0; index < step.groups.length; index++)
      if (step.groups[index]) pass.setBindGroup(index, step.groups[index]);
    pass.dispatchWorkgroups(step.grid[0], step.grid[1], step.grid[2]);
  }
  pass?.end();
}
