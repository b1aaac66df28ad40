/** What follows # in the page's address: a kept document, a template, or a document that travels in the link itself. */
export type Address =
  | { readonly to: "start" }
  | { readonly to: "kept"; readonly id: string }
  | { readonly to: "template"; readonly name: string }
  | { readonly to: "shared"; readonly packed: string };

export function readAddress(hash: string): Address {
  const [, section, rest] = /^#\/([dts])\/([^/]+)$/.exec(hash) ?? [];
  if (section === "d") return { to: "kept", id: rest };
  if (section === "t") return { to: "template", name: rest };
  if (section === "s") return { to: "shared", packed: rest };
  return { to: "start" };
}

export const keptAddress = (id: string): string => `#/d/${id}`;
export const sharedAddress = (packed: string): string => `#/s/${packed}`;
