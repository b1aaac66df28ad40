/**
 * Numbers that are computed in a buffer of their own only to be copied elsewhere, home at last, are computed there: in eager
 * training an update makes new tensors, whose values an iteration that is replayed wants in the fixed buffers of the state.
 */
import { PaperBuffer, buffersOf, type AnyBuffer, type BindGroup, type Command, type Copy } from "./paper.ts";

/**
 * The same commands without such copies: the target of one takes its source's place from the source's first use on, where
 * nothing needs what the target held until then.
 * @param kept buffers that are read after the last command.
 */
export function withoutDetours(commands: readonly Command[], kept: readonly PaperBuffer[]): Command[] {
  const uses = usesOf(commands);
  const places = new Map<AnyBuffer, AnyBuffer>();
  const spared = new Set<number>();
  commands.forEach((command, at) => {
    if (command.do !== "copy") return;
    const [from, to] = [placeOf(command.from), placeOf(command.to)];
    if (!isWhole(command) || !isPassing(from) || !mayStandIn(from, to, at)) return;
    places.set(from, to);
    const merged = [...uses.get(from)!, ...uses.get(to)!].filter((index) => index !== at).sort((a, b) => a - b);
    uses.set(to, merged);
    spared.add(at);
  });
  return commands.filter((_, at) => !spared.has(at)).map((command) => placed(command, placeOf));

  function placeOf(buffer: AnyBuffer): AnyBuffer {
    const place = places.get(buffer);
    return place ? placeOf(place) : buffer;
  }

  /** Whether it holds nothing before the first command that uses it, and nobody asks for it after the last. */
  function isPassing(buffer: AnyBuffer): boolean {
    return buffer instanceof PaperBuffer && !buffer.bytes && buffer.feed === null && !kept.includes(buffer);
  }

  /** The source's uses must end with this copy, and the target must rest all the while. */
  function mayStandIn(from: AnyBuffer, to: AnyBuffer, at: number): boolean {
    const own = uses.get(from)!;
    return own.at(-1) === at && uses.get(to)!.every((index) => index < own[0] || index >= at);
  }
}

const isWhole = ({ from, fromOffset, to, toOffset, size }: Copy): boolean =>
  fromOffset === 0 && toOffset === 0 && size === from.size && size === to.size;

function placed(command: Command, placeOf: (buffer: AnyBuffer) => AnyBuffer): Command {
  if (command.do === "copy") return { ...command, from: placeOf(command.from), to: placeOf(command.to) };
  const group = ({ layout, entries }: BindGroup): BindGroup => ({
    layout,
    entries: entries.map((entry) => ({ ...entry, buffer: placeOf(entry.buffer) })),
  });
  return { ...command, groups: command.groups.map((each) => each && group(each)) };
}

/** Where each buffer is used, in order. */
function usesOf(commands: readonly Command[]): Map<AnyBuffer, readonly number[]> {
  const uses = new Map<AnyBuffer, number[]>();
  commands.forEach((command, index) => {
    for (const buffer of buffersOf(command)) {
      if (!uses.has(buffer)) uses.set(buffer, []);
      uses.get(buffer)!.push(index);
    }
  });
  return uses;
}
