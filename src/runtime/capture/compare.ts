/** Two recordings command by command: equal ones do the same work on the same data, wherever intermediates lie. */
import { PaperBuffer, type AnyBuffer, type Command } from "./paper.ts";

/** Null where both are equal, else what differs first, in words. */
export function firstDifference(first: readonly Command[], second: readonly Command[]): string | null {
  const partners = new Map<AnyBuffer, AnyBuffer>();
  const length = Math.max(first.length, second.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [first[index], second[index]];
    if (!a || !b) return `one has ${first.length} commands, the other ${second.length}`;
    const difference = between(a, b, (x, y) => same(x, y, partners));
    if (difference) return `command ${index} of ${length} (${nameOf(a)}): ${difference}`;
  }
  return null;
}

type Same = (a: AnyBuffer, b: AnyBuffer) => string | null;

function between(a: Command, b: Command, compare: Same): string | null {
  if (a.do === "copy" || b.do === "copy") {
    if (a.do !== b.do || a.do !== "copy" || b.do !== "copy") return "another command";
    if (a.size !== b.size || a.fromOffset !== b.fromOffset || a.toOffset !== b.toOffset) return "another range";
    return compare(a.from, b.from) ?? compare(a.to, b.to);
  }
  if (a.pipeline !== b.pipeline) return `another program (${nameOf(b)})`;
  if (a.grid.join() !== b.grid.join()) return "another number of workgroups";
  if (a.groups.length !== b.groups.length) return "other bindings";
  for (const [number, group] of a.groups.entries()) {
    const [own, other] = [group?.entries ?? [], b.groups[number]?.entries ?? []];
    if (own.length !== other.length) return "other bindings";
    for (const [place, entry] of own.entries()) {
      const partner = other[place];
      if (entry.offset !== partner.offset || entry.size !== partner.size) return "another range";
      const difference = compare(entry.buffer, partner.buffer);
      if (difference) return difference;
    }
  }
  return null;
}

/** On paper, buffers are the same where each stands in the other's place throughout. */
function same(a: AnyBuffer, b: AnyBuffer, partners: Map<AnyBuffer, AnyBuffer>): string | null {
  if (!(a instanceof PaperBuffer) || !(b instanceof PaperBuffer)) return a === b ? null : "another buffer";
  const partner = partners.get(a);
  if (partner !== undefined) return partner === b ? null : "another value";
  partners.set(a, b);
  if (a.size !== b.size) return "another size";
  if (a.feed !== b.feed) return "another feed";
  if (!a.bytes || !b.bytes) return a.bytes === b.bytes ? null : "a constant in one of them only";
  const at = a.bytes.findIndex((byte, place) => byte !== b.bytes![place]);
  return at < 0 ? null : `a number that changes from step to step without being a feed (byte ${at} of ${a.size})`;
}

const nameOf = (command: Command): string =>
  command.do === "copy" ? "a copy" : command.pipeline.label || "a dispatch";
