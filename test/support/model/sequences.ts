import fc from "fast-check";
import { HOSTS, IDENTIFIERS, type Identifier } from "./model.ts";
import {
  changeSecretsFile,
  endOutage,
  type Given,
  logInByHand,
  logOutByHand,
  logOutOf,
  logOutOfAll,
  outage,
  restartContainer,
  rotate,
  run,
  type Step,
} from "./steps.ts";

const identifier = fc.constantFrom(...IDENTIFIERS);
const host = fc.constantFrom(...HOSTS);

/** Any of the identifiers, also none, each with one of these passwords. */
function some<T extends Given>(...passwords: readonly T[]): fc.Arbitrary<Partial<Record<Identifier, T>>> {
  return fc
    .subarray([...IDENTIFIERS])
    .chain((chosen) => fc.tuple(...chosen.map((id) => fc.constantFrom(...passwords).map((given) => [id, given]))))
    .map((pairs) => Object.fromEntries(pairs));
}

const sets = some("right", "right", "right", "old", "incomplete");
const start = sets.map((given) => run("start", given));
const shell = sets.map((given) => run("shell", given));
const secretsFile = some("right", "right", "old").map(changeSecretsFile);
const outages = fc.tuple(host, fc.constantFrom("gone" as const, "busy" as const, "busy" as const));

/** The steps of sequences; what is here twice comes twice as often. */
export const anyStep: fc.Arbitrary<Step>[] = [
  start,
  start,
  start,
  shell,
  shell,
  fc.constant(restartContainer),
  identifier.map(rotate),
  identifier.map(rotate),
  outages.map(([name, kind]) => outage(name, kind)),
  host.map(endOutage),
  fc.oneof({ weight: 3, arbitrary: host.map(logOutOf) }, { weight: 1, arbitrary: fc.constant(logOutOfAll) }),
  identifier.map(logInByHand),
  host.map(logOutByHand),
  secretsFile,
  secretsFile,
];

/** How sequences begin: the container starts with some secrets, which a codespace has in its file. */
export const anyStart: fc.Arbitrary<Step[]> = fc.tuple(secretsFile, start);
