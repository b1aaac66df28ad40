/** Equality of plain data: the order of keys never matters, that of lists does, and a member that is undefined is none. */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((each, index) => sameData(each, b[index]))
    );
  const [left, right] = [members(a), members(b)];
  return (
    left.size === right.size && [...left].every(([key, value]) => right.has(key) && sameData(value, right.get(key)))
  );
}

const members = (record: object): Map<string, unknown> =>
  new Map(Object.entries(record).filter(([, value]) => value !== undefined));
