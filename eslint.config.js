/** Lint rules: TypeScript's recommended ones, and the few that need types because their mistakes are silent. */
import { globalIgnores } from "eslint/config";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Sources that see the page: compiled with its types. */
const studio = [
  "src/editor/**/*.{ts,tsx}",
  "src/worker/**/*.ts",
  "src/storage/**/*.ts",
  "tests/{editor,worker}/**/*.{ts,tsx}",
];

const hookRules = { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" };

const generated = ["dist*/", "data/", "runs/", "src/targets/onnx/gen/", "src/runtime/wasm/assembly/"];

export default tseslint.config(
  globalIgnores(generated),
  typed(["src/**/*.ts", "tests/**/*.ts", "*.config.ts"], "./tsconfig.test.json", studio),
  typed(studio, "./tsconfig.editor.json", []),
  { files: ["src/editor/**/*.tsx"], plugins: { "react-hooks": hooks }, rules: hookRules },
  { files: ["src/cli/**/*.ts"], rules: { "no-console": "off" } },
  {
    files: ["scripts/**/*.mjs", "bench/**/*.mjs", "*.config.js"],
    rules: { eqeqeq: "error", "no-unused-vars": "error" },
  },
);

/** The rules for TypeScript, read with the types of one project. */
function typed(files, project, ignores) {
  return {
    files,
    ignores,
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { project, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { args: "none", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      "@typescript-eslint/ban-ts-comment": [
        "error",
        { "ts-expect-error": true, "ts-ignore": true, "ts-nocheck": true },
      ],
      "no-console": "error",
      eqeqeq: "error",
    },
  };
}
