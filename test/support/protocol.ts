import { expect } from "vitest";
import { type Ours, readVectors } from "./vectors.ts";

/** A row of the table of the credential-helper protocol. */
interface Row {
  readonly id: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly stdout: string | null;
  readonly exit: number;
  readonly given?: Readonly<Record<string, readonly [string, string]>>;
  readonly stdoutJson?: unknown;
  readonly stdoutPattern?: string;
  readonly sameAs?: string;
  readonly ours?: Ours & { readonly stdout: null };
}

/** Runs a credential helper: its arguments and its input. */
export type RunHelper = (
  args: readonly string[],
  stdin: string,
) => Promise<{ readonly stdout: string; readonly exitCode: number | null }>;

export const PROTOCOL = readVectors<{ cases: readonly Row[] }>("helper-protocol").cases;

/** Runs a row against a helper without any login. */
export async function checkRow(row: Row, run: RunHelper): Promise<void> {
  for (const [ServerURL, [Username, Secret]] of Object.entries(row.given ?? {})) {
    await run(["store"], JSON.stringify({ ServerURL, Username, Secret }));
  }
  const { stdout, exitCode } = await run(row.argv, row.stdin);
  expect(exitCode).toBe(row.exit);
  const expected = (row.ours ?? row).stdout;
  const pattern = (PROTOCOL.find(({ id }) => id === row.sameAs) ?? row).stdoutPattern;
  if (pattern !== undefined) expect(stdout).toMatch(new RegExp(pattern));
  else if (row.stdoutJson !== undefined) expect(JSON.parse(stdout)).toEqual(row.stdoutJson);
  else if (expected === null) expect(stdout).not.toBe("");
  else expect(stdout).toBe(expected.replace("NAME", "registry-login"));
}
