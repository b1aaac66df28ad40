export interface Browser {
  /** Absolute path of a Chromium or Chrome. */
  readonly browser: string;
  /** The description of the SwiftShader Vulkan driver beside it. */
  readonly driver: string;
}

/** Null where there is none. */
export function findBrowser(): Browser | null;

/** Installs one where it can; ends the process with a message where there is none in the end. */
export function requireBrowser(): Browser;
