import { describeInstead } from "../../clients/describe-obstacles.ts";
import { type Clients, type installedClients, isUsed, type Obstacle } from "../../clients/visibility.ts";
import type { Code } from "../../findings/finding.ts";
import { sentence } from "../../findings/finding.ts";
import { jsonLine, printable } from "../../printable.ts";
import type { RegistryKind } from "../../registries/kind.ts";
import type { Registration } from "../../store/state.ts";
import { describeAge, describeEnd, minuteOf } from "../../terminal/duration.ts";
import { share, table } from "../../terminal/table.ts";
import { createPen, type Mark, type Pen, type Terminal } from "../../terminal/terminal.ts";
import { PLACE_NAMES } from "../place-names.ts";

/** One saved login. Times are in epoch seconds. Contains no secret. */
export interface LoginStatus {
  readonly host: string;
  readonly kind: RegistryKind;
  /** Null for a login that a person made with `docker login`. */
  readonly identifier: string | null;
  readonly source: Registration["source"] | "docker-login";
  /** The user name; null if it is not stored (docker's config.json, .npmrc). */
  readonly user: string | null;
  readonly storage: Registration["storage"];
  /** With the storage `store`: the credential store, as docker's configuration names it; null in all other cases. */
  readonly store: string | null;
  /** The vault's folder, or the client's configuration file; null if nothing is stored. */
  readonly path: string | null;
  /** `shadowed`: overridden by a `docker login`. `gone`: its credential was lost. */
  readonly state: "ready" | "shadowed" | "expired" | "gone" | "failed";
  /**
   * The finding that explains the problem, its message and its hint; null and empty if there is none. With the state
   * `ready`: why a client that is installed does not use it.
   */
  readonly code: Code | null;
  readonly detail: string;
  readonly hint: string;
  readonly verified: boolean;
  readonly verifiedAt: number | null;
  /** Since when starts of the container do not have its secrets any more; null while they do. */
  readonly absentSince: number | null;
  /** When the credential, or the stored token, expires; null if unknown. */
  readonly expiresAt: number | null;
  /** When the token was issued, and from when it is renewed; null if it is not renewed. */
  readonly renewedAt: number | null;
  readonly renewsAt: number | null;
  readonly clients: Clients;
  /** What keeps clients from using it. Not in JSON, which has the first one's finding. */
  readonly obstacles: readonly Obstacle[];
}

/**
 * `status --json`: its shape is relied on by other programs.
 * @param root whether root may be logged in too
 */
export function statusJson(logins: readonly LoginStatus[], root: boolean): string {
  return jsonLine({ logins: logins.map(({ obstacles: _, ...login }) => login), root });
}

type Installed = ReturnType<typeof installedClients>;

/**
 * `status` for a person: a line for each login, with a hint below each one that has a problem.
 * @param installed names only the clients that are there
 * @param root whether root may be logged in too
 * @param isHost whether this is a machine outside of containers, where docker says so of logins in its file
 */
export function statusText(
  logins: readonly LoginStatus[],
  nowSeconds: number,
  installed: Installed,
  root: boolean,
  terminal: Terminal,
  isHost: boolean,
): string {
  const pen = createPen(terminal);
  if (logins.length === 0) {
    const none = "registry-login: no registry is logged in; registry-login plan shows which secrets are set";
    return `${pen.hang("", none)}\n`;
  }
  const used = logins.filter(({ state, obstacles }) => state === "ready" && isUsed(obstacles));
  const ready = new Set(used.map(({ host }) => host)).size;
  const all = new Set(logins.map(({ host }) => host)).size;
  const lines = table(
    logins.map((login) => [
      pen.mark(markOf(login)),
      login.identifier ?? "-",
      login.host,
      describe(login, nowSeconds, installed, isHost),
    ]),
    pen,
  );
  const rows = logins.map((login, i) => (lines[i] ?? "") + adviceOn(login, pen));
  const ofRoot = root ? [`${pen.hang("  ", "to see root's logins (sudo docker): sudo registry-login status")}\n`] : [];
  const summary = `registry-login: ${share(ready, all)} logged in${describeInstead(logins)}`;
  return [`${pen.hang("", summary)}\n`, ...rows, ...ofRoot].join("");
}

function markOf(login: LoginStatus): Mark {
  if (login.state === "shadowed") return "skipped";
  if (login.state !== "ready") return "wrong";
  return login.obstacles.length === 0 ? "ok" : "note";
}

function describe(login: LoginStatus, now: number, installed: Installed, isHost: boolean): string {
  if (login.state !== "ready") return login.detail;
  const { user, expiresAt, renewedAt, renewsAt } = login;
  const renewal =
    renewsAt === null
      ? ""
      : renewsAt > now
        ? `, next renewal ${describeEnd(renewsAt, now)}`
        : ", next renewal at the next pull";
  const parts = [
    user === null ? "" : `as ${user}`,
    FROM[login.source],
    describePlace(login, isHost),
    describeVerified(login, now),
    login.absentSince === null ? "" : `its secrets have not been set since ${minuteOf(login.absentSince)}`,
    expiresAt === null ? "" : `valid until ${minuteOf(expiresAt)} (${describeEnd(expiresAt, now)})`,
    renewedAt === null ? "" : `renewed ${describeAge(renewedAt, now)}${renewal}`,
    describeClients(login, installed),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function describePlace({ source, storage, store }: LoginStatus, isHost: boolean): string {
  if (store !== null) return `stored by docker-credential-${printable(store)}`;
  if (storage === "plaintext" && isHost) return "stored unencrypted in docker's config.json";
  const isVault = storage === "memory" || storage === "disk";
  return source === "github-token" && isVault && !isHost ? "not stored, read at each pull" : PLACE_NAMES[storage];
}

function describeVerified({ source, verified, verifiedAt }: LoginStatus, now: number): string {
  if (source === "docker-login") return "";
  if (!verified) return "not verified";
  return verifiedAt === null ? "verified" : `verified ${describeAge(verifiedAt, now)}`;
}

const KINDS = ["docker", "podman", "npm"] as const;

function describeClients({ clients }: LoginStatus, installed: Installed): string {
  const configured = KINDS.filter((kind) => clients[kind]);
  const names = configured.flatMap((kind) => installed[kind]);
  if (configured.length === 0) return "no client uses it";
  return names.length === 0 ? "no client is installed" : `for ${names.join(", ")}`;
}

function adviceOn({ state, hint, obstacles }: LoginStatus, pen: Pen): string {
  // The row of any other state says what is wrong. docker and podman often have the same reason.
  const reasons = new Map(obstacles.map(({ finding }) => [finding.hint, sentence(finding)]));
  const advice = state === "ready" ? [...reasons.values()] : [hint];
  return advice.map((each) => (each === "" ? "" : `${pen.hang(`      ${pen.dim(pen.arrow)} `, each)}\n`)).join("");
}

const FROM: Readonly<Record<LoginStatus["source"], string>> = {
  environment: "from the environment",
  option: "from the environment and the option registries",
  codespaces: "from the codespace's secrets",
  "github-token": "from GITHUB_TOKEN",
  gitlab: "from the variables of GitLab CI",
  "docker-login": "made with docker login",
};
