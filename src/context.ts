import type { Send } from "./network/http.ts";
import type { Environment } from "./platform/environment.ts";
import type { Terminal } from "./terminal/terminal.ts";

/** What a command takes from the world around it; `main` gives the real one, a test its own. */
export interface Context {
  readonly env: Environment;
  /** The file with the Feature's options. */
  readonly optionsFile: string;
  /** The secrets file of a codespace. */
  readonly codespacesFile: string;
  /** Folders that may be on tmpfs, best first. */
  readonly memoryFolders: readonly string[];
  readonly send: Send;
  /** The program that starts this agent, for a login as another user. */
  readonly launcher: string;
  /** The user id that this process runs with. */
  readonly uid: number;
  /** The time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Makes an environment, without the secrets of the convention, that of the programs which this process starts. */
  readonly exportEnvironment: (env: Environment) => void;
  /** What the text on stdout is written for. */
  readonly terminal: Terminal;
}

/** What the credential helper takes of it: it must start fast, and needs the network only to renew. */
export type HelperContext = Omit<Context, "send" | "terminal" | "launcher" | "uid" | "exportEnvironment">;

/** What a command takes that works without the network. */
export type OfflineContext = Omit<Context, "send">;

/** What a command says and how it ends. */
export interface Result {
  readonly stdout: string;
  readonly stderr?: string;
  readonly exitCode: number;
}
