import type { Clients } from "../../clients/visibility.ts";
import type { Code } from "../../findings/finding.ts";
import type { RegistryKind } from "../../registries/kind.ts";
import type { Registration } from "../../store/state-file.ts";
import { describeAge, describeEnd } from "../../terminal/duration.ts";
import { count, table } from "../../terminal/table.ts";
import { createPen, type Mark, type Pen, type Terminal } from "../../terminal/terminal.ts";

/** One login as it stands now. Times are in epoch seconds. Holds no secret. */
export interface LoginStatus {
  readonly host: string;
  readonly kind: RegistryKind;
  /** Null for a login that a person made with `docker login`. */
  readonly identifier: string | null;
  readonly source: Registration["source"] | "docker-login";
  /** The user name; null where it is not kept (docker's config.json, .npmrc). */
  readonly user: string | null;
  readonly storage: Registration["storage"];
  /** The vault's folder, or the client's configuration file; null where nothing is kept. */
  readonly path: string | null;
  /** `shadowed`: clients get another login that stands before it. `gone`: what was kept is there no more. */
  readonly state: "ready" | "shadowed" | "expired" | "gone" | "failed";
  /** The finding that says what is wrong, its cause and what to do; null and empty where nothing is. */
  readonly code: Code | null;
  readonly detail: string;
  readonly hint: string;
  readonly verified: boolean;
  readonly verifiedAt: number | null;
  /** Until when the credential, or the token that is kept, is valid; null where nobody says. */
  readonly expiresAt: number | null;
  /** When the token was made and from when a new one is fetched, where the helper renews it. */
  readonly renewedAt: number | null;
  readonly renewsAt: number | null;
  readonly clients: Clients;
}

/** `status --json`: its shape is relied on by other programs. */
export function statusJson(logins: readonly LoginStatus[]): string {
  return `${JSON.stringify({ logins })}\n`;
}

/** `status` for a person: a line for each login, and under it what to do where something is wrong. */
export function statusText(logins: readonly LoginStatus[], nowSeconds: number, terminal: Terminal): string {
  if (logins.length === 0)
    return "registry-login: no login is known; registry-login plan shows what there are secrets for\n";
  const pen = createPen(terminal);
  const ready = new Set(logins.filter(({ state }) => state === "ready").map(({ host }) => host)).size;
  const all = new Set(logins.map(({ host }) => host)).size;
  const lines = table(
    logins.map((login) => [pen.mark(markOf(login)), login.identifier ?? "-", login.host, describe(login, nowSeconds)]),
    pen,
  );
  const rows = logins.map((login, i) => (lines[i] ?? "") + adviceOn(login, pen));
  return [`registry-login: ${ready} of ${count(all)} logged in\n`, ...rows].join("");
}

function markOf(login: LoginStatus): Mark {
  if (login.state === "shadowed") return "skipped";
  if (login.state !== "ready") return "wrong";
  return clientsOf(login).length === 0 ? "note" : "ok";
}

function describe(login: LoginStatus, now: number): string {
  if (login.state !== "ready") return login.detail;
  const { user, expiresAt, renewedAt, renewsAt } = login;
  const renewal =
    renewsAt === null ? "" : renewsAt > now ? `, again ${describeEnd(renewsAt, now)}` : ", again at the next pull";
  const parts = [
    user === null ? "" : `as ${user}`,
    FROM[login.source],
    login.source === "github-token" ? "kept nowhere, read at each pull" : KEPT[login.storage],
    describeVerified(login, now),
    expiresAt === null ? "" : `valid until ${minuteOf(expiresAt)} (${describeEnd(expiresAt, now)})`,
    renewedAt === null ? "" : `renewed ${describeAge(renewedAt, now)}${renewal}`,
    describeClients(login),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function describeVerified({ source, verified, verifiedAt }: LoginStatus, now: number): string {
  if (source === "docker-login") return "";
  if (!verified) return "not verified";
  return verifiedAt === null ? "verified" : `verified ${describeAge(verifiedAt, now)}`;
}

function describeClients(login: LoginStatus): string {
  const names = clientsOf(login);
  return names.length === 0 ? "found by no client" : `for ${names.join(", ")}`;
}

function clientsOf({ clients }: LoginStatus): string[] {
  const { docker, podman, npm } = clients;
  return [...(docker ? ["docker"] : []), ...(podman ? ["podman", "skopeo", "buildah"] : []), ...(npm ? ["npm"] : [])];
}

function adviceOn(login: LoginStatus, pen: Pen): string {
  const { hint, host, state, clients, kind } = login;
  const missing = state === "ready" && (kind === "npm" ? !clients.npm : !clients.docker || !clients.podman);
  const advice = missing ? `registry-login doctor ${host} says why ${missingOf(login)} does not find it` : hint;
  return advice === "" ? "" : `${pen.hang(`      ${pen.dim(pen.arrow)} `, advice)}\n`;
}

function missingOf({ kind, clients }: LoginStatus): string {
  if (kind === "npm") return "npm";
  if (!clients.docker && !clients.podman) return "a client";
  return clients.docker ? "podman" : "docker";
}

function minuteOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const FROM: Readonly<Record<LoginStatus["source"], string>> = {
  environment: "from the environment",
  option: "from the environment and the option registries",
  codespaces: "from the codespace's secrets",
  "github-token": "from GITHUB_TOKEN",
  "docker-login": "made with docker login",
};

const KEPT: Readonly<Record<LoginStatus["storage"], string>> = {
  memory: "kept in memory",
  disk: "kept on disk",
  plaintext: "kept in docker's config.json",
  npmrc: "kept in .npmrc",
  none: "",
};
