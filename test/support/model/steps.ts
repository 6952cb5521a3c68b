import type fc from "fast-check";
import { expect } from "vitest";
import { expectAgreement } from "./agreement.ts";
import { HOST_OF, HOSTS, type HostName, IDENTIFIERS, type Identifier, type Model } from "./model.ts";
import { servedFor } from "./questions.ts";
import { dockerLogin, dockerLogout, logIn, logOut, restart } from "./rules.ts";
import type { World } from "./world.ts";

/** One step of a sequence: it changes the model and the world, and then both have to agree. */
export type Step = fc.AsyncCommand<Model, World>;

/** Which password a secret set has: the one that the registry accepts, the one before, or none. */
export type Given = "right" | "old" | "incomplete";
export type GivenSets = Readonly<Partial<Record<Identifier, Given>>>;

interface StepParts {
  readonly name: string;
  readonly isPossible?: (model: Model) => boolean;
  readonly run: (model: Model, world: World) => Promise<void> | void;
}

function step({ name, isPossible = () => true, run }: StepParts): Step {
  return {
    check: isPossible,
    run: async (model, world) => {
      await run(model, world);
      await expectAgreement(model, world);
    },
    toString: () => name,
  };
}

/** A run that sees these sets. `start`: the hook, with --if-changed; `shell`: `registry-login` in a terminal. */
export function run(kind: "start" | "shell", given: GivenSets): Step {
  return step({
    name: `${kind}(${describe(given)})`,
    run: async (model, world) => {
      const sets = setsOf(model, given);
      const before = new Map(HOSTS.map((name) => [name, servedFor(model, name)]));
      const wasNeverChecked = new Set(
        HOSTS.filter((name) => model.down.has(name) && model.saved.get(name)?.verified === false),
      );
      const environment = [...sets].map(([identifier, password]) => ({ identifier, password }));
      const { reported, removed } = logIn(model, environment, { hook: kind === "start" });
      const { registries, notes } = await world.logIn(sets, kind === "start");
      for (const name of HOSTS) {
        const host = world.hostOf(name);
        const found = registries.filter((each) => each.host === host);
        const expected = reported.get(name);
        expect(found, `the report on ${name}`).toMatchObject(expected === undefined ? [] : [expected]);
      }
      for (const identifier of IDENTIFIERS) {
        const isNamed = notes.some((note) => note.startsWith(`removed ${identifier} (`));
        expect(isNamed, `the report names the removed ${identifier}`).toBe(removed.includes(identifier));
      }
      expectNothingAcceptedIsLost(model, before, removed, wasNeverChecked);
    },
  });
}

/** The one sentence that all rules serve, checked on its own: a mistake in the model's rules shows here. */
function expectNothingAcceptedIsLost(
  model: Model,
  before: ReadonlyMap<HostName, ReturnType<typeof servedFor>>,
  removed: readonly Identifier[],
  wasNeverChecked: ReadonlySet<HostName>,
): void {
  for (const [name, credential] of before) {
    if (credential === null || credential.password !== model.accepted[credential.account]) continue;
    if (removed.includes(credential.account) || wasNeverChecked.has(name)) continue;
    const now = servedFor(model, name);
    expect(now?.password, `the accepted login to ${name} is lost`).toBe(
      now === null ? Number.NaN : model.accepted[now.account],
    );
  }
}

function setsOf({ accepted }: Model, given: GivenSets): Map<Identifier, number | null> {
  return new Map(
    IDENTIFIERS.flatMap((identifier): [Identifier, number | null][] => {
      const which = given[identifier];
      if (which === undefined) return [];
      const number = accepted[identifier];
      return [[identifier, which === "incomplete" ? null : which === "old" ? number - 1 : number]];
    }),
  );
}

function describe(given: Readonly<Partial<Record<Identifier, string>>>): string {
  return Object.entries(given)
    .map(([identifier, which]) => (which === "right" ? identifier : `${identifier}:${which}`))
    .join(", ");
}

export const restartContainer = step({
  name: "restart",
  run: (model, world) => {
    restart(model);
    world.restart();
  },
});

/** The registry's password of an account changes. */
export function rotate(identifier: Identifier): Step {
  return step({
    name: `rotate(${identifier})`,
    run: (model, world) => {
      model.accepted[identifier]++;
      world.rotate(identifier, model.accepted[identifier]);
    },
  });
}

export function outage(name: HostName, kind: "gone" | "busy"): Step {
  return step({
    name: `outage(${name}, ${kind})`,
    isPossible: ({ down }) => !down.has(name),
    run: ({ down }, world) => {
      down.add(name);
      world.setOutage(name, kind);
    },
  });
}

export function endOutage(name: HostName): Step {
  return step({
    name: `endOutage(${name})`,
    isPossible: ({ down }) => down.has(name),
    run: ({ down }, world) => {
      down.delete(name);
      world.setOutage(name, null);
    },
  });
}

export function logOutOf(name: HostName): Step {
  return step({
    name: `logout(${name})`,
    isPossible: ({ saved, stored }) => saved.has(name) || stored.has(name),
    run: async (model, world) => {
      logOut(model, name);
      expect(await world.logOut([name])).toBe(0);
    },
  });
}

export const logOutOfAll = step({
  name: "logout(--all)",
  run: async (model, world) => {
    for (const name of HOSTS) logOut(model, name);
    expect(await world.logOut("all")).toBe(0);
  },
});

/** A person runs `docker login`, with the password that is accepted now. */
export function logInByHand(account: Identifier): Step {
  return step({
    name: `docker login(${account})`,
    isPossible: ({ down }) => !down.has(HOST_OF[account]),
    run: async (model, world) => {
      const { exitCode, output } = await world.dockerLogin({ account, password: model.accepted[account] });
      expect(exitCode, output).toBe(0);
      dockerLogin(model, account);
    },
  });
}

export function logOutByHand(name: HostName): Step {
  return step({
    name: `docker logout(${name})`,
    run: async (model, world) => {
      dockerLogout(model, name);
      expect((await world.dockerLogout(name)).exitCode).toBe(0);
    },
  });
}

/** The secrets of a codespace are changed; its secrets file is newer than every terminal. */
export function changeSecretsFile(given: Readonly<Partial<Record<Identifier, "right" | "old">>>): Step {
  return step({
    name: `secrets file(${describe(given)})`,
    isPossible: ({ file }) => file !== null,
    run: (model, world) => {
      const sets = new Map(
        [...setsOf(model, given)].flatMap(([id, number]) => (number === null ? [] : [[id, number]])),
      );
      model.file = sets as Map<Identifier, number>;
      world.writeSecretsFile(model.file);
    },
  });
}
