import { describe, expect, test } from "vitest";
import { makeHost } from "../../support/host-machine.ts";
import { leakedPieces } from "../../support/leaks.ts";
import type { HostSituation } from "./host-table.ts";
import { HOSTS } from "./hosts.ts";
import { PASSWORD, set, startRegistry } from "./table.ts";

interface StepJson {
  readonly step: string;
  readonly state: string;
  readonly code: string | null;
  readonly message: string;
}

/** Runs the doctor twice on a host, with the text report and with --json. */
async function diagnose({ machine, env, host }: HostSituation, image = "") {
  const target = image === "" ? host : `${host}/${image}`;
  const { stdout: json, exitCode } = await machine.run(["doctor", "--json", target], env);
  const { stdout: text } = await machine.run(["doctor", target], env);
  const { general, registries } = JSON.parse(json) as { general: StepJson[]; registries: { steps: StepJson[] }[] };
  const steps = [...general, ...registries.flatMap((each) => each.steps)].filter(({ state }) => state !== "skipped");
  return { exitCode, steps, text, json };
}

const shown = ({ step, state, code }: StepJson): string => `${step} ${state} ${code}`;

describe("a mistake on a host", () => {
  test.each(HOSTS)("$name: $code", async ({ code, step, state = "wrong", also = [], arrange }) => {
    const { steps, text, json, exitCode } = await diagnose(await arrange());
    const found = steps.filter((each) => each.code !== null);
    expect(found.map(shown)).toContain(`${step} ${state} ${code}`);
    // One mistake has one name.
    expect(found.map((each) => each.code).filter((each) => each !== code)).toEqual(also);
    expect(exitCode).toBe(state === "wrong" || also.length > 0 ? 1 : 0);
    expect(text).toMatch(new RegExp(`\\[${code}\\]\\n +-> \\S`));
    expect(leakedPieces(text + json, PASSWORD)).toEqual([]);
    // A host has neither a container nor the Feature.
    expect(text).not.toMatch(/this container|the container|\/usr\/local\/bin|the Feature/);
  });

  test("at least 20 have their own code", () => {
    const codes = HOSTS.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)]);
    expect(codes.length).toBeGreaterThanOrEqual(20);
  });
});

describe("the step of the store", () => {
  async function storeStep(config: string | null, prepare: (machine: ReturnType<typeof makeHost>) => void = () => {}) {
    const host = await startRegistry();
    const machine = makeHost(config);
    prepare(machine);
    const env = set("A", host);
    await machine.run(["login"], env);
    const { steps, exitCode } = await diagnose({ machine, env, host }, "acme/app:1");
    return { steps, exitCode, message: steps.find(({ step }) => step === "store")?.message ?? "" };
  }

  test("names the store that docker's file names, and the user whose login it has", async () => {
    const { message, steps, exitCode } = await storeStep('{"credsStore":"scripted"}', ({ addStore }) =>
      addStore("scripted"),
    );
    expect(message).toMatch(
      /^docker uses docker-credential-scripted \(credsStore in .*config\.json\); it has a login for bob$/,
    );
    expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      "secrets ok",
      "server ok",
      "network ok",
      "registry ok",
      "login ok",
      "pull ok",
      "push ok",
      "store ok",
      "docker ok",
    ]);
    expect(exitCode).toBe(0);
  });

  test("names the store that docker chooses by itself", async () => {
    const { message } = await storeStep(null, ({ addStore }) => addStore("secretservice"));
    expect(message).toMatch(/^docker uses docker-credential-secretservice/);
  });

  test("says that logins are unencrypted where there is no store", async () => {
    const { message, exitCode } = await storeStep(null);
    expect(message).toMatch(/no credential store.*unencrypted in .*config\.json$/);
    expect(exitCode).toBe(0);
  });

  test("is not there in a container", async () => {
    const machine = makeHost();
    const { stdout } = await (await import("../../support/command-line.ts")).runLine(
      { ...machine.home, context: (env) => ({ ...machine.home.context(env), machine: null }) },
      ["doctor", "--json", await startRegistry()],
      { PATH: machine.bin },
    );
    expect(stdout).toContain('"step":"docker"');
    expect(stdout).not.toContain('"step":"store"');
  });

  test("a store that hangs costs one time limit for several registries, and is started once", async () => {
    const hosts = [await startRegistry(), await startRegistry(), await startRegistry()];
    const machine = makeHost('{"credsStore":"scripted"}');
    machine.addStore("scripted");
    const env = { ...Object.assign({}, ...hosts.map((host, i) => set(`A${i}`, host))), STORE_MODE: "hang" };
    const { stdout } = await machine.run(["doctor", "--json"], env);
    expect(stdout.match(/"code":"store-hangs"/g)).toHaveLength(3);
    expect(machine.calls()).toHaveLength(1);
  });
});
