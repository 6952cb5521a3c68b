import type { InputNote, InputOrigins } from "./discovery/inputs.ts";
import type { RawOptions } from "./discovery/options.ts";
import type { Send } from "./network/http.ts";
import type { Environment } from "./platform/environment.ts";
import type { Secrets } from "./secrecy/secrets.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What a command takes from the world around it; `main` gives the real one, a test its own. */
export interface Context {
  readonly env: Environment;
  /** The file with the Feature's options. */
  readonly optionsFile: string;
  /** What a run outside of containers takes from its machine; null in a container, where the Feature is installed. */
  readonly machine: HostMachine | null;
  /** The secrets file of a codespace. */
  readonly codespacesFile: string;
  /** Folders that may be on tmpfs, best first. */
  readonly memoryFolders: readonly string[];
  readonly send: Send;
  /** The program that starts this agent, for a login as another user. */
  readonly launcher: string;
  /** Runs a command of this program in a process of its own, and returns what it prints: the helper has no code for others. */
  readonly runSelf: (args: readonly string[]) => Promise<string>;
  /** The user id that this process runs with. */
  readonly uid: number;
  /** The user id of who asks for this through sudo, and has given the environment and the network's settings; else absent. */
  readonly onBehalfOf?: number;
  /** The time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Makes an environment, without the secrets of the convention, that of the programs which this process starts. */
  readonly exportEnvironment: (env: Environment) => void;
  /** Every secret that the run knows, for the one place that prints. */
  readonly secrets: Secrets;
  /** What the text on stdout is written for. */
  readonly terminal: Terminal;
}

/** A machine on which dev containers are built and started, and where the agent runs as a program of the npm package. */
export interface HostMachine {
  readonly platform: NodeJS.Platform;
  /** The environment without the variables of files; absent before they are read. */
  readonly env?: Environment;
  /** The options of our Feature in the devcontainer.json that the run is about. */
  readonly options: RawOptions;
  /** The program with which containers are started, as `--docker-path` or VS Code names it; absent where nobody does. */
  readonly dockerPath?: string;
  /** What is wrong with the files and programs that the run takes its secrets and options from; absent before they are read. */
  readonly notes?: readonly InputNote[];
  /** Which of these files each value comes from. */
  readonly origins?: InputOrigins;
}

/** What the credential helper takes of it: it must start fast, and needs the network only to renew. */
export type HelperContext = Omit<Context, "send" | "terminal">;

/** What a command takes that works without the network. */
export type OfflineContext = Omit<Context, "send">;

/** What a command prints and how it ends. */
export interface Result {
  readonly stdout: string;
  readonly stderr?: string;
  /**
   * Whether stdout is the credential helper's protocol: an answer, which holds a secret on purpose, or a fixed text that
   * clients compare with; or an export, which holds secrets on purpose too. It is printed as it is; everything else passes
   * the redactor.
   */
  readonly isProtocol?: true;
  readonly exitCode: number;
}
