/** What losses of the training graph refuse before anything is computed. */
import { describe, expect, it } from "vitest";
import { isMisfit } from "../../../src/core/kind/kind.ts";
import { parseType } from "../../../src/core/kind/ports.ts";
import { functions } from "../../../src/kinds/index.ts";

/** What a loss says of these types, null where a port has no wire: "loss", or its misfit's code and what it is about. */
function said(name: string, params: Readonly<Record<string, unknown>>, ...inputs: readonly (string | null)[]): string {
  const kind = functions.get(name)!;
  const read = Object.fromEntries(
    Object.entries(kind.fields).map(([key, field]) => [key, key in params ? field.read(params[key]) : field.default]),
  );
  const types = inputs.map((written) => (written === null ? null : parseType(written)));
  const result = kind.infer(read, types);
  if (!isMisfit(result)) return result.map(({ type }) => type).join();
  return [result.misfit, result.port ?? result.param].filter(Boolean).join(" ");
}

describe("losses", () => {
  it.each(["MSELoss", "L1Loss", "KLDivergence", "FeatureMatching"])("%s wants two values of one shape", (name) => {
    expect(said(name, {}, "image[3,5,4]", "image[3,5,4]")).toBe("loss");
    expect(said(name, {}, "vector[7]", "vector[7]")).toBe("loss");
    expect(said(name, {}, "image[3,5,4]", "image[3,4,5]")).toBe("shapes-differ");
    expect(said(name, {}, "vector[7]", "vector[8]")).toBe("shapes-differ");
    expect(said(name, {}, "vector[7]", "image[7,1,1]")).toBe("shapes-differ");
  });

  it("CrossEntropyLoss wants a score for each class", () => {
    expect(said("CrossEntropyLoss", {}, "vector[10]", "label[10]")).toBe("loss");
    expect(said("CrossEntropyLoss", {}, "vector[9]", "label[10]")).toBe("shapes-differ");
  });

  it("GaussianNLLLoss wants a variance, from a wire or fixed, and not both", () => {
    expect(said("GaussianNLLLoss", {}, "vector[2]", "vector[2]", "vector[2]")).toBe("loss");
    expect(said("GaussianNLLLoss", { fixed: 1 }, "vector[2]", "vector[2]", null)).toBe("loss");
    expect(said("GaussianNLLLoss", {}, "vector[2]", "vector[2]", null)).toBe("missing-wire var");
    expect(said("GaussianNLLLoss", { fixed: 1 }, "vector[2]", "vector[2]", "vector[2]")).toBe("param-needs fixed");
    expect(said("GaussianNLLLoss", {}, "vector[2]", "vector[2]", "vector[1]")).toBe("shapes-differ");
  });

  it.each(["minimax", "non-saturating", "least-squares", "wasserstein", "hinge"])(
    "a generator's %s loss takes the scores of samples alone",
    (objective) => {
      expect(said("GANLoss", { role: "generator", objective }, null, "vector[1]")).toBe("loss");
      expect(said("GANLoss", { objective }, null, "vector[1]")).toBe("missing-wire real");
    },
  );

  it("a relativistic loss takes the scores of data too, for both players", () => {
    const objective = "relativistic-average";
    for (const role of ["discriminator", "generator"]) {
      expect(said("GANLoss", { role, objective }, null, "vector[1]")).toBe("missing-wire real");
      expect(said("GANLoss", { role, objective }, "image[1,3,3]", "image[1,3,3]")).toBe("loss");
    }
  });
});
