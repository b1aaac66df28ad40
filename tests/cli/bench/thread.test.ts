/** What a thread's time is booked as, by a clock that is moved by hand; and the thread's own clock. */
import { describe, expect, it } from "vitest";
import { threadAccount } from "../../../src/cli/bench/children/thread-account.ts";
import { threadClock } from "../../../src/cli/bench/children/thread-time.ts";

/** An account whose clock moves by `spend`, and whose turns of the event loop come by `turn`. */
function byHand() {
  let now = 100;
  const turns: (() => void)[] = [];
  const account = threadAccount(
    () => now,
    (then) => void turns.push(then),
  );
  const spend = (ms: number) => void (now += ms);
  const turn = () => turns.splice(0).forEach((then) => then());
  const submit = (ms: number) => {
    account.submitting();
    spend(ms);
    account.submitted();
  };
  account.begin();
  return { account, spend, turn, submit };
}

describe("the account of a thread", () => {
  it("divides a step into what comes before recording, recording and the driver's submission", () => {
    const { account, spend, submit } = byHand();
    for (let step = 0; step < 2; step++) {
      spend(3); // noise and rows
      account.encode();
      spend(4);
      account.encode(); // a second encoder is recording, too
      spend(1);
      submit(50);
    }
    expect(account.end()).toEqual({ script: 16, before: 6, submit: 100, waiting: 0 });
  });

  it("counts waiting from the event loop's next turn to the last promise's end, and what comes after the last submission", () => {
    const { account, spend, turn, submit } = byHand();
    spend(1);
    submit(0);
    account.open();
    account.open();
    spend(2); // in the same turn: still the code that asked
    turn();
    spend(30);
    account.close();
    spend(5);
    account.close();
    spend(4);
    submit(0);
    spend(7);
    expect(account.end()).toEqual({ script: 1 + 2 + 4, before: 0, submit: 0, waiting: 30 + 5 + 7 });
  });

  it("does not wait where a promise ends before the next turn", () => {
    const { account, spend, turn, submit } = byHand();
    account.open();
    account.close();
    turn();
    spend(3);
    submit(0);
    expect(account.end()).toMatchObject({ script: 3, waiting: 0 });
  });

  it("tells no time of scripts where work is issued while something is awaited", () => {
    const { account, spend, turn, submit } = byHand();
    account.open();
    turn();
    spend(3);
    submit(0);
    account.close();
    expect(account.end()).toMatchObject({ script: null });
    account.begin();
    spend(2);
    submit(0);
    expect(account.end()).toMatchObject({ script: 2 });
  });
});

it("the clock of a thread moves while the thread computes, and hardly while it waits", async () => {
  const clock = threadClock();
  const began = clock();
  await new Promise((resolve) => setTimeout(resolve, 60));
  const waited = clock() - began;
  const until = clock() + 20;
  let sum = 0;
  while (clock() < until) sum += Math.sqrt(sum + 1);
  expect(sum).toBeGreaterThan(0);
  expect(clock() - began).toBeGreaterThanOrEqual(20);
  expect(waited).toBeLessThan(50);
});
