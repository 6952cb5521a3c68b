import type { RawOptions } from "../../../src/discovery/options.ts";
import { makePath, type Situation } from "../../support/doctor.ts";
import { startServer } from "../../support/misbehaving-server.ts";
import { type Script, scripted } from "../../support/scripted-registry.ts";
import { logIn, makeHome, secrets, type TempHome } from "../../support/temp-home.ts";

/** One mistake, and the one finding that names it. */
export interface Mistake {
  readonly name: string;
  readonly code: string;
  /** A finding that it leads to, which is reported after it. */
  readonly leadsTo?: string;
  readonly arrange: () => Promise<Situation>;
}

/** The secret. No output may contain it. */
export const PASSWORD = "pl4nted/S3cret+of=the table";

/** The variables of a secret set with its mistakes. */
export function set(
  identifier: string,
  host: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const prefix = `${identifier}_CONTAINER_REGISTRY_`;
  const parts: Record<string, string | undefined> = { SERVER: host, USER: "bob", PASSWORD, ...changes };
  return Object.fromEntries(
    Object.entries(parts).flatMap(([part, value]) => (value === undefined ? [] : [[prefix + part, value]])),
  );
}

/** A registry of this machine that accepts {@link PASSWORD} for bob. @returns its host */
export async function startRegistry(script: Partial<Script> = {}): Promise<string> {
  const server = await startServer(scripted({ password: PASSWORD, ...script }));
  return server.host;
}

/** A home folder with these variables, in which a login has run already. */
export async function loggedIn(
  env: Readonly<Record<string, string>>,
  {
    home = makeHome(),
    options = {},
    programs = [],
  }: { home?: TempHome; options?: RawOptions; programs?: readonly string[] } = {},
): Promise<{ home: TempHome; bin: string; situation: Situation }> {
  const bin = makePath(home, ...programs);
  const context = home.context({ PATH: bin, ...env });
  await logIn(context, { timeout: "20", ...options });
  return { home, bin, situation: { context, options } };
}

/** A situation in which nothing has run yet. */
export function fresh(env: Readonly<Record<string, string>>, more: Omit<Situation, "context"> = {}): Situation {
  const home = makeHome();
  return { context: home.context({ PATH: makePath(home), ...env }), ...more };
}

export { makeHome, secrets };
