import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AGENT_FOLDER } from "../../scripts/project.ts";
import { doctor } from "../../src/commands/doctor/doctor.ts";
import type { Context } from "../../src/context.ts";
import type { RawOptions } from "../../src/discovery/options.ts";
import { PLAIN } from "../../src/terminal/terminal.ts";
import { printed } from "./printed.ts";
import type { TempHome } from "./temp-home.ts";

/** The situation that a row of a table runs the doctor in. */
export interface Situation {
  readonly context: Context;
  readonly options?: RawOptions;
  readonly targets?: readonly string[];
  readonly push?: boolean;
}

export interface Diagnosed {
  readonly exitCode: number;
  /** The codes of all steps that failed. */
  readonly wrong: readonly string[];
  readonly notes: readonly string[];
  /** `name state` of every step that was not skipped. */
  readonly steps: readonly string[];
  readonly text: string;
  readonly json: string;
}

interface StepJson {
  readonly step: string;
  readonly state: string;
  readonly code: string | null;
}

/** Runs the doctor twice, with the text report and with --json. */
export async function diagnose({ context, options = {}, targets = [], push = false }: Situation): Promise<Diagnosed> {
  const world = { ...context, terminal: PLAIN };
  const flags = { options: { timeout: "20", ...options }, targets, push };
  const { stdout: json, exitCode } = await printed(world, doctor(world, { ...flags, json: true }));
  const { stdout: text } = await printed(world, doctor(world, { ...flags, json: false }));
  const { general, registries } = JSON.parse(json) as {
    general: StepJson[];
    registries: { steps: StepJson[] }[];
  };
  const steps = [...general, ...registries.flatMap((each) => each.steps)];
  const codes = (state: string): string[] =>
    steps.filter((each) => each.state === state).map(({ code }) => code ?? "(none)");
  return {
    exitCode,
    wrong: codes("wrong"),
    notes: codes("note"),
    steps: steps.filter(({ state }) => state !== "skipped").map(({ step, state }) => `${step} ${state}`),
    text,
    json,
  };
}

/** A PATH with only our credential helper, as it was built, and programs that only have to exist. */
export function makePath(home: TempHome, ...programs: readonly string[]): string {
  const bin = join(home.folder, "bin");
  mkdirSync(bin, { recursive: true });
  const write = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const agent = join(AGENT_FOLDER, "main.cjs");
  write("docker-credential-registry-login", `exec "${process.execPath}" "${agent}" credential-helper "$@"`);
  for (const name of programs) write(name, "exit 1");
  return bin;
}

/** A credential helper that always returns this login. */
export function addHelper(bin: string, name: string, user: string, secret: string): void {
  const file = join(bin, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify({ ServerURL: "x", Username: user, Secret: secret })}'\n`);
  chmodSync(file, 0o755);
}
