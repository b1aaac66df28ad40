/** A reader of XML that is strict about what figures use: tags, attributes in quotes, entities. Throws where it is not XML. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** All elements in the order of their start tags. */
export function elementsOf(xml: string): Element[] {
  const elements: Element[] = [];
  const open: string[] = [];
  let at = 0;
  const token = /<(\/?)([A-Za-z][\w:-]*)((?: [\w:-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  while (at < xml.length) {
    token.lastIndex = at;
    const found = token.exec(xml);
    if (!found) throw new Error(`no XML at ${xml.slice(at, at + 40)}`);
    const [whole, closing, name, attributes, empty, text] = found;
    at += whole.length;
    if (text !== undefined) {
      if (open.length === 0) throw new Error(`text outside the root: ${text}`);
      checkText(text);
    } else if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      if (open.length === 0 && elements.length > 0) throw new Error(`a second root <${name}>`);
      elements.push({ name, attributes: attributesOf(attributes) });
      if (!empty) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.join(", ")}> stays open`);
  return elements;
}

function attributesOf(written: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name, value] of written.matchAll(/ ([\w:-]+)="([^"]*)"/g)) {
    if (Object.hasOwn(attributes, name)) throw new Error(`${name} stands twice`);
    checkText(value);
    attributes[name] = value;
  }
  return attributes;
}

/** XML 1.0's Char, entities that are known, and no "]]>". */
function checkText(text: string): void {
  if (/&(?!(?:amp|lt|gt|quot|#13);)/.test(text)) throw new Error(`a bare & in ${text.slice(0, 80)}`);
  if (text.includes("]]>")) throw new Error("]]> in text");
  for (const character of text) {
    const point = character.codePointAt(0)!;
    const allowed =
      point >= 0x20 ? !(point >= 0xd800 && point < 0xe000) && point < 0xfffe : [9, 10, 13].includes(point);
    if (!allowed && point < 0x10000) throw new Error(`the character ${point} is not XML`);
  }
}
