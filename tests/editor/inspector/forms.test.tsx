import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import type { Fields } from "../../../src/core/kind/fields.ts";
import { helpOf } from "../../../src/editor/inspector/form/FieldRow.tsx";
import { Form } from "../../../src/editor/inspector/form/Form.tsx";
import { namesOf } from "../../../src/editor/inspector/form/names.ts";
import { paramWriter } from "../../../src/editor/inspector/form/writer.ts";
import { createStudio } from "../../../src/editor/model/studio.ts";
import { TooltipScope } from "../../../src/editor/ui/Tooltip.tsx";
import { emptyDocument } from "../../../src/core/document/types.ts";
import { kinds } from "../../../src/kinds/index.ts";

const studio = createStudio(emptyDocument(), () => null);
const training = { nodes: { d_opt: { kind: "Optimizer" }, z: { kind: "Noise" } }, edges: [] };
const names = namesOf({ networks: { generator: { nodes: {}, edges: [] } }, blocks: {}, training }, []);
const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("'", "&#x27;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"); // prettier-ignore

function drawn(
  fields: Fields,
  written: Readonly<Record<string, unknown>> = {},
  references: Record<string, unknown> | null = null,
) {
  return renderToStaticMarkup(
    <TooltipScope>
      <Form
        label="Parameters"
        {...{ fields, written, references, names }}
        writer={(param) => paramWriter(studio, "training", ["x"], param)}
      />
    </TooltipScope>,
  );
}

it.each(kinds.map((kind) => [kind.name, kind.fields as Fields] as const))(
  "%s has a row for each of its fields, named and explained",
  (_, fields) => {
    const page = drawn(fields).replaceAll("<wbr/>", ""); // a long name may break at its underscores
    for (const [name, field] of Object.entries(fields)) {
      expect(page).toContain(`>${escaped(name)}<`);
      expect(page).toContain(escaped(helpOf(field, field.default)));
    }
    const described = [...page.matchAll(/aria-describedby="([^"]*)"/g)].flatMap(([, ids]) => ids.split(" "));
    for (const id of described) expect(page).toContain(`id="${id}"`);
    const labelled = [...page.matchAll(/<label[^>]* for="([^"]*)"/g)].map(([, id]) => id);
    for (const id of labelled) expect(page).toContain(`id="${id}"`);
  },
);

it("shows a value in its box, and a dot that resets it where it is not the default", () => {
  const { fields } = kinds.find((kind) => Object.hasOwn(kind.fields, "out_channels"))!;
  const page = drawn(fields as Fields, { out_channels: 7 });
  expect(page).toMatch(/value="7"/);
  expect(page).toContain('aria-label="Reset out_channels"');
  expect(drawn(fields as Fields)).not.toContain("Reset out_channels");
});

it("says of a value that cannot be read what is wanted", () => {
  const { fields } = kinds.find((kind) => Object.hasOwn(kind.fields, "out_channels"))!;
  const page = drawn(fields as Fields, { out_channels: "many" });
  expect(page).toContain('aria-invalid="true"');
  expect(page).toContain("This takes an integer");
});

it("shows a parameter of the block in the place of a value", () => {
  const { fields } = kinds.find((kind) => Object.hasOwn(kind.fields, "out_channels"))!;
  expect(drawn(fields as Fields, { out_channels: "$width" }, { width: 32 })).toContain("$width = 32");
});

it("offers optimizers where one is to be named, in a group that may be left out", () => {
  const { fields } = kinds.find(({ name }) => name === "Optimizer")!;
  const page = drawn(fields as Fields, { unroll: { steps: 3 } });
  expect(page).toContain('<option value="d_opt">d_opt</option>');
  expect(page).not.toContain('<option value="z">');
  expect(page).toMatch(/value="3"/);
  expect(drawn(fields as Fields)).not.toContain("d_opt");
});
