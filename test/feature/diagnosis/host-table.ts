import { type HostMachine, makeHost } from "../../support/host-machine.ts";
import { set, startRegistry } from "./table.ts";

/** What the doctor runs in: a machine, its variables, and the target. */
export interface HostSituation {
  readonly machine: HostMachine;
  readonly env: Readonly<Record<string, string>>;
  readonly host: string;
}

/** A mistake on a host, and the finding that names it. */
export interface HostMistake {
  readonly name: string;
  readonly code: string;
  /** The step that shows it; `note` where docker works anyway. */
  readonly step: string;
  readonly state?: "note";
  /** Another finding, which is reported as well. */
  readonly also?: readonly string[];
  readonly arrange: () => Promise<HostSituation>;
}

/** A machine where docker uses a scripted store with this fault, and a login has run. */
export async function withFault(
  mode: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<HostSituation> {
  const host = await startRegistry(
    variables.A_CONTAINER_REGISTRY_PASSWORD === undefined
      ? {}
      : {
          password: variables.A_CONTAINER_REGISTRY_PASSWORD,
        },
  );
  const machine = makeHost('{"credsStore":"scripted"}\n');
  machine.addStore("scripted");
  const env = { ...set("A", host), STORE_MODE: mode, ...variables };
  await machine.run(["login"], env);
  return { machine, env, host };
}

/** A machine with this configuration of docker, and a login that has run; `{host}` stands for the registry. */
export async function configured(
  config: string | null,
  prepare: (machine: HostMachine, host: string) => Record<string, string> = () => ({}),
): Promise<HostSituation> {
  const host = await startRegistry();
  const machine = makeHost(config === null ? null : config.replaceAll("{host}", host));
  const env = { ...set("A", host), ...prepare(machine, host) };
  await machine.run(["login"], env);
  return { machine, env, host };
}

/** The same, where `docker-credential-other` is this script. */
export function withOther(config: string, script: string): Promise<HostSituation> {
  return configured(config, ({ addProgram }) => {
    addProgram("docker-credential-other", script);
    return {};
  });
}
