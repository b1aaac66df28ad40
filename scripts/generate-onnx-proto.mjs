// Turns src/targets/onnx/proto/onnx.proto into src/targets/onnx/gen/onnx_pb.ts. Run by hand after changing either the
// proto file or the version of @bufbuild/protoc-gen-es; the result is committed, so that building needs no protoc.
//
//   node scripts/generate-onnx-proto.mjs           write the file
//   node scripts/generate-onnx-proto.mjs --check   fail when the committed file is not what would be written
//
// Needs protoc on the PATH (Debian: apt-get install protobuf-compiler; 3.21.12 wrote the committed file).
// `erasable_syntax` writes enums as constant objects, which `erasableSyntaxOnly` demands.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const committed = join(root, "src/targets/onnx/gen");

if (process.argv.includes("--check")) {
  const fresh = mkdtempSync(join(tmpdir(), "onnx-proto-"));
  try {
    generate(fresh);
    if (readFileSync(join(fresh, "onnx_pb.ts"), "utf8") !== readFileSync(join(committed, "onnx_pb.ts"), "utf8")) {
      process.stderr.write("src/targets/onnx/gen/onnx_pb.ts is stale: run node scripts/generate-onnx-proto.mjs\n");
      process.exitCode = 1;
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
} else {
  generate(committed);
}

function generate(folder) {
  execFileSync(
    "protoc",
    [
      `--plugin=protoc-gen-es=${join(root, "node_modules/.bin/protoc-gen-es")}`,
      `--proto_path=${join(root, "src/targets/onnx/proto")}`,
      `--es_out=${folder}`,
      "--es_opt=target=ts,import_extension=ts,erasable_syntax=true",
      "onnx.proto",
    ],
    { stdio: "inherit" },
  );
}
