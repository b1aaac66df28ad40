/**
 * Who may import whom, read from the import lines themselves: core ← kinds ← targets ← session ← worker | cli, with `runtime`,
 * `datasets` and `metrics` knowing nothing of the project, and the editor knowing neither tfjs nor what computes with it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { kinds } from "../src/kinds/index.ts";

type Layer =
  | "core"
  | "kinds"
  | "runtime"
  | "targets"
  | "datasets"
  | "metrics"
  | "session"
  | "storage"
  | "worker"
  | "editor"
  | "cli";
interface Rule {
  readonly layers: readonly Layer[];
  /** Layers that may be named in types alone. */
  readonly types?: readonly Layer[];
  readonly packages: readonly string[];
  readonly typesOf?: readonly string[];
}
const tfjs = ["", "-core", "-backend-wasm", "-backend-webgpu"].map((part) => `@tensorflow/tfjs${part}`);

const table: Readonly<Record<Layer, Rule>> = {
  core: { layers: ["core"], packages: [] },
  kinds: { layers: ["core", "kinds"], types: ["runtime"], packages: [], typesOf: tfjs },
  runtime: { layers: ["runtime"], packages: tfjs },
  targets: {
    layers: ["core", "kinds", "runtime", "targets"],
    packages: ["@bufbuild/protobuf", "onnxruntime-web", "fflate"],
    typesOf: tfjs,
  },
  datasets: { layers: ["datasets"], packages: ["fflate"] },
  metrics: { layers: ["metrics", "runtime"], packages: [], typesOf: tfjs },
  session: {
    layers: ["core", "kinds", "targets", "runtime", "datasets", "metrics", "session"],
    packages: [],
    typesOf: tfjs,
  },
  storage: { layers: ["core", "datasets", "storage"], types: ["session"], packages: ["idb"] },
  worker: {
    layers: ["core", "kinds", "targets", "runtime", "datasets", "metrics", "session", "storage", "worker"],
    packages: [...tfjs, "onnxruntime-web", "fflate"],
  },
  editor: {
    layers: ["core", "kinds", "targets", "datasets", "storage", "editor"],
    types: ["session", "runtime"],
    packages: [
      ...[
        "react",
        "react-dom",
        "@xyflow/react",
        "zustand",
        "radix-ui",
        "lucide-react",
        "uplot",
        "katex",
        "@dagrejs/dagre",
      ],
      ...["@fontsource-variable/inter", "@fontsource-variable/jetbrains-mono", "fflate"],
    ],
  },
  cli: {
    layers: ["core", "kinds", "targets", "runtime", "datasets", "metrics", "session", "cli"],
    packages: [...tfjs, "cli-progress", "commander", "fflate", "sharp", "webgpu"],
  },
};

/** What one target may take from another: formats, not what the other target does with a Program. */
const sharedFormats = [
  "targets/safetensors/safetensors.ts",
  "targets/onnx/float16.ts",
  "targets/tfjs/nchw.ts",
  "targets/tfjs/layout.ts",
];

/** Shared code that says a kind's name all the same, and why it may. */
const spoken: Readonly<Record<string, readonly string[]>> = {
  "targets/onnx/read.ts": ["Input", "Output"], // it makes documents, which need boundary nodes
  "targets/onnx/write.ts": ["Reshape"], // ONNX's operator, not the kind
  "targets/onnx/write-weights.ts": ["Reshape"], // the same
  "editor/app/IncomingForm.tsx": ["Add"], // the verb on a button
  "editor/app/keys.ts": ["Shift"], // a key
  "editor/canvas/Stage.tsx": ["Shift"], // the same
  "editor/training/Losses.tsx": ["Linear"], // a scale
};

interface Import {
  readonly file: string;
  readonly layer: Layer;
  /** A path below src, or a package's name. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = path.resolve(import.meta.dirname, "../src");
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(path.sep).join("/"))
  .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("runtime/wasm/assembly/")) // AssemblyScript
  .sort();
const sources = new Map(
  files.map((file) => [
    file,
    ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.ES2023, true),
  ]),
);
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const note = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (!specifier || !ts.isStringLiteral(specifier)) return;
    const { text } = specifier;
    if (isAsset(text)) return;
    const to = text.startsWith(".") ? path.posix.join(path.posix.dirname(file), text) : text;
    found.push({ file, layer: file.split("/")[0] as Layer, to, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) note(node.moduleSpecifier, onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      note(node.arguments[0], false);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(sources.get(file)!);
  return found;
}

/** Styles and pictures, and files that are taken as text or by their address. */
function isAsset(specifier: string): boolean {
  return /\.(css|svg|png|wasm|json)$|\?(raw|url|worker)\b/.test(specifier);
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    !clause.name && !!bindings && ts.isNamedImports(bindings) && bindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  );
}

const isProject = ({ to }: Import) => files.includes(to) || Object.hasOwn(table, to.split("/")[0]);
const isNode = ({ to }: Import) => to.startsWith("node:") || builtinModules.includes(to);
const packageOf = ({ to }: Import) => to.split("/").slice(0, to.startsWith("@") ? 2 : 1).join("/"); // prettier-ignore
const printed = (some: readonly Import[]) =>
  some.map(({ file, to, typeOnly }) => `${file} → ${to}${typeOnly ? " (types)" : ""}`);

describe("the sources", () => {
  it("lie in the layers of the table", () => {
    expect(files.filter((file) => !Object.hasOwn(table, file.split("/")[0]))).toEqual([]);
    expect(imports.length).toBeGreaterThan(100);
  });

  it.each(Object.keys(table) as Layer[])("of %s import the layers that they may", (layer) => {
    const { layers, types = [] } = table[layer];
    const wrong = imports.filter((each) => {
      const to = each.to.split("/")[0] as Layer;
      return each.layer === layer && isProject(each) && !layers.includes(to) && !(each.typeOnly && types.includes(to));
    });
    expect(printed(wrong)).toEqual([]);
  });

  it.each(Object.keys(table) as Layer[])("of %s import the packages that they may", (layer) => {
    const { packages, typesOf = [] } = table[layer];
    const wrong = imports.filter((each) => {
      if (each.layer !== layer || isProject(each) || isNode(each)) return false;
      return !packages.includes(packageOf(each)) && !(each.typeOnly && typesOf.includes(packageOf(each)));
    });
    expect(printed(wrong)).toEqual([]);
  });

  it("import Node's modules in the command line alone", () => {
    expect(printed(imports.filter((each) => isNode(each) && each.layer !== "cli"))).toEqual([]);
  });

  it("of the editor take from targets only what draws and counts", () => {
    const wrong = imports.filter(
      ({ file, to, typeOnly }) =>
        file.startsWith("editor/") &&
        to.startsWith("targets/") &&
        !typeOnly &&
        !/^targets\/(figure|summary|safetensors)\//.test(to),
    );
    expect(printed(wrong)).toEqual([]);
  });

  it("import ONNX Runtime in one file", () => {
    const users = imports.filter(({ to, file }) => to.startsWith("onnxruntime") && file !== "targets/onnx/runtime.ts");
    expect(printed(users)).toEqual([]);
  });

  it("take only formats from another target", () => {
    const target = (file: string) => file.split("/")[1];
    const wrong = imports.filter(
      ({ file, to }) =>
        file.startsWith("targets/") &&
        to.startsWith("targets/") &&
        target(file) !== target(to) &&
        !sharedFormats.includes(to),
    );
    expect(printed(wrong)).toEqual([]);
  });

  it("never import in a circle of files", () => {
    const graph = new Map(
      files.map((file) => [
        file,
        imports.filter((each) => each.file === file && !each.typeOnly && files.includes(each.to)).map(({ to }) => to),
      ]),
    );
    const state = new Map<string, "open" | "done">();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") return void circles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      state.set(file, "open");
      for (const to of graph.get(file)!) visit(to, [...trail, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe("kinds", () => {
  it("all stand in kinds/index.ts, each in the file of its name", () => {
    const declared = files
      .filter((file) => /^kinds\/(network|training)\/[A-Z]\w*\.ts$/.test(file))
      .map((file) => file.slice("kinds/".length, -".ts".length));
    expect(kinds.map(({ graph, name }) => `${graph}/${name}`).sort()).toEqual(declared);
  });

  it("are asked for properties, not for their names, by shared code", () => {
    const names = new Set(kinds.map(({ name }) => name));
    const named = files
      .filter((file) => /^(core|targets|session|worker|storage|editor)\//.test(file))
      .flatMap((file) => {
        const said = stringsIn(sources.get(file)!).filter((text) => names.has(text) && !spoken[file]?.includes(text));
        return said.map((text) => `${file}: "${text}"`);
      });
    expect(named).toEqual([]);
  });
});

function stringsIn(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
