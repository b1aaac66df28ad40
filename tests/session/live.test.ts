/** Which edits a running training takes on without losing anything. */
import { describe, expect, it } from "vitest";
import type { GanDocument } from "../../src/core/document/types.ts";
import { functions, kindOf, sinks } from "../../src/kinds/index.ts";
import { isLiveChange } from "../../src/session/live.ts";
import { node } from "../helpers/documents.ts";
import { points, smallGan, type SmallGan } from "./documents.ts";
import { programOf } from "./sessions.ts";

const dataSets = { points: points() };
const schedule = { type: "linear", hold: 5 };
const ema = { decay: 0.9, start: 3 };
const settings: SmallGan = { critic: { momentum: 0.5 }, generator: { lr: 0.01, clip_grad_norm: 1, schedule, ema } };
const document = smallGan(settings);
const program = programOf(document, dataSets);
const with_ = (generator: object): GanDocument => smallGan({ ...settings, generator: { ...settings.generator, ...generator } }); // prettier-ignore
const isLive = (changed: GanDocument) => isLiveChange(program, programOf(changed, dataSets));

describe("a live change", () => {
  const { fields } = kindOf(sinks, "Optimizer");
  const values = {
    lr: 0.3, betas: [0.1, 0.2], eps: 1e-3, weight_decay: 0.5, momentum: 0.25, alpha: 0.5, clip_grad_norm: 0.3, weight_clip: 0.2, steps: 2, rule: "SGD",
  }; // prettier-ignore
  it.each(Object.entries(values))("is one of an optimizer's %s where its field says so", (name, value) => {
    expect(isLive(with_({ [name]: value }))).toBe(fields[name].live === true);
  });

  it("is one inside a group where the group or the member says so", () => {
    const [schedules, averages] = [fields.schedule, fields.ema];
    const says = (group: typeof schedules, member: string) => group.live ?? group.fields![member].live ?? false;
    expect(isLive(with_({ schedule: { ...schedule, hold: 9 } }))).toBe(says(schedules, "hold"));
    expect(isLive(with_({ ema: { ...ema, decay: 0.5 } }))).toBe(says(averages, "decay"));
    expect(isLive(with_({ ema: { ...ema, start: 7 } }))).toBe(says(averages, "start"));
    expect(isLive(with_({ ema: null }))).toBe(averages.live ?? false);
  });

  it("is a learning rate's, several at once too, and nothing's", () => {
    expect(isLive(with_({ lr: 0.5 }))).toBe(true);
    expect(isLive(smallGan({ ...settings, critic: { ...settings.critic, lr: 0.5 }, generator: { ...settings.generator, lr: 0.2 } }))).toBe(true); // prettier-ignore
    expect(isLive(document)).toBe(true);
    expect(isLive(with_({ lr: 0.5, rule: "SGD" }))).toBe(false);
  });

  it("is a loss's parameter where its field says so", () => {
    const { fields: loss } = kindOf(functions, "GANLoss");
    for (const [name, value] of Object.entries({ objective: "least-squares", real_target: 0.9 })) {
      if (!Object.hasOwn(loss, name)) continue;
      const { nodes } = document.training;
      const d_loss = { ...nodes.d_loss, params: { ...nodes.d_loss.params, [name]: value } };
      expect(isLive(inTraining({ nodes: { ...nodes, d_loss } })), name).toBe(loss[name].live === true);
    }
  });

  it("is the title, the length of the run, and what is sampled", () => {
    const { nodes } = document.training;
    expect(isLive({ ...document, name: "Other" })).toBe(true);
    expect(isLive(inTraining({ iterations: 9999 }))).toBe(true);
    expect(isLive(inTraining({ nodes: { ...nodes, fake: node("Network", { network: "generator" }) } }))).toBe(true);
  });

  it("is not the batch, the seed, the data's order, or a layer", () => {
    expect(isLive(inTraining({ batch: 4 }))).toBe(false);
    expect(isLive(inTraining({ seed: 99 }))).toBe(false);
    expect(isLive(smallGan({ ...settings, data: { shuffle: false } }))).toBe(false);
    expect(isLive(smallGan({ ...settings, stateful: true }))).toBe(false);
  });

  it("goes both ways", () => {
    const other = programOf(with_({ lr: 0.5 }), dataSets);
    expect([isLiveChange(program, other), isLiveChange(other, program)]).toEqual([true, true]);
  });
});

const inTraining = (changes: object): GanDocument => ({ ...document, training: { ...document.training, ...changes } });
