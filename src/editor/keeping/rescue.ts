/**
 * The last edits before a page goes away. The browser may end a page before its database has written, but what is put into
 * localStorage is there at once.
 */
const place = "ganvas/unsaved";

export interface Rescued {
  readonly id: string;
  readonly text: string;
}

export function rescue(unsaved: Rescued): void {
  try {
    localStorage.setItem(place, JSON.stringify(unsaved));
  } catch {
    // no room or no permission: the database's own write is on its way
  }
}

/** The text of the document that was not yet written when its page went away. */
export function rescued(id: string): string | undefined {
  const found = read();
  return found?.id === id ? found.text : undefined;
}

export function forgetRescue(id: string): void {
  if (read()?.id === id) localStorage.removeItem(place);
}

function read(): Rescued | null {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null") as Rescued | null;
  } catch {
    return null;
  }
}
