/** The node of a graph that a layer's path leads through: ids hold dots themselves, so the longest that fits. */
export function nodeOfPath(path: string, nodes: Readonly<Record<string, unknown>>): string | null {
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    const id = path.slice(0, end);
    if (Object.hasOwn(nodes, id)) return id;
  }
  return null;
}
