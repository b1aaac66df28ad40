/**
 * fast-check with a fixed seed, so that a failure on one machine is a failure on all. Another seed, and with it other
 * examples: `FAST_CHECK_SEED=7 npx vitest run`.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 1) });

export { fc };
