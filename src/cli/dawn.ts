/** WebGPU in Node: Dawn, of the `webgpu` package, where Node has none of its own. */
export async function openDawn(): Promise<GPU> {
  const known = (globalThis.navigator as Navigator | undefined)?.gpu as GPU | undefined;
  if (known) return known;
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([]);
  if (!("navigator" in globalThis)) Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
  return gpu;
}
