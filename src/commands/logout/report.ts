import type { LoginRequest } from "../../discovery/request.ts";
import { type Explanation, messageOf } from "../../findings/finding.ts";
import { jsonLine, printable } from "../../printable.ts";
import type { Artifact } from "../../registration/artifacts.ts";
import { count } from "../../terminal/table.ts";
import { createPen, type Terminal } from "../../terminal/terminal.ts";

/** The result of a logout. */
export interface LogoutReport {
  readonly hosts: readonly {
    readonly host: string;
    readonly removed: readonly Artifact[];
    /** What could not be removed; `failure` explains why. */
    readonly left: readonly Artifact[];
    /** The secrets that will log in again with the next login; null if there are none. */
    readonly again: Pick<LoginRequest, "identifier" | "source"> | null;
  }[];
  /** Hosts that stay logged in, because other runs hold a lease of them. Not in JSON. */
  readonly needed?: readonly string[];
  /** Folders that were removed with the last login. */
  readonly folders: readonly string[];
  /** What became of root's logins to the same hosts; null if none was made, so that there is nothing to do. */
  readonly root: { readonly failure: Explanation | null } | null;
  readonly failure: Explanation | null;
}

/** `logout --json`: its shape is relied on by other programs. */
export function logoutJson({ hosts, folders, root, failure }: LogoutReport): string {
  return jsonLine({ hosts, folders, root, failure });
}

/** `logout` for a person: what was removed for each host, and what logs in again. */
export function logoutText(report: LogoutReport, terminal: Terminal): string {
  const { hosts, needed = [], folders, root, failure } = report;
  const pen = createPen(terminal);
  const gone = hosts.filter(({ left }) => left.length === 0).length;
  const isNothing = hosts.length + needed.length === 0;
  const summary = isNothing ? messageOf("nothing-logged-in") : `logged out of ${count(gone)}`;
  const lines = [pen.hang("", `registry-login: ${summary}`)];
  for (const { host, removed, left, again } of hosts) {
    const result = removed.length === 0 ? "nothing removed" : `removed ${list(removed)}`;
    lines.push(pen.hang(`  ${pen.mark(left.length === 0 ? "ok" : "wrong")} ${host}  `, result));
    if (left.length > 0) lines.push(pen.hang("      ", `not removed: ${list(left)}`));
    if (again !== null) lines.push(pen.hang(`      ${pen.dim(pen.arrow)} `, describeAgain(again)));
  }
  for (const host of needed) lines.push(pen.hang(`  ${pen.mark("ok")} ${host}  `, "still logged in for another job"));
  for (const folder of folders) lines.push(pen.hang("  ", `removed the folder ${printable(folder)}`));
  if (root?.failure === null) lines.push(pen.hang(`  ${pen.mark("ok")} `, "root (sudo docker) is logged out too"));
  for (const each of [root?.failure, failure]) {
    if (each == null) continue;
    lines.push(pen.hang(`  ${pen.mark("wrong")} `, each.message), pen.hang(`      ${pen.dim(pen.arrow)} `, each.hint));
  }
  return `${lines.join("\n")}\n`;
}

function describeAgain({ identifier, source }: Pick<LoginRequest, "identifier" | "source">): string {
  const what =
    source === "github-token"
      ? "GITHUB_TOKEN is"
      : source === "gitlab"
        ? "the variables of GitLab CI are"
        : `the secrets of ${identifier} are`;
  return `${what} still set: the next login uses them again`;
}

const NAMES: Readonly<Record<Artifact["what"], string>> = {
  credential: "the credential",
  "stored-credential": "the credential of docker login",
  "aws-token": "the AWS token",
  "registry-token": "the registry token",
  "helper-line": "the entry of credHelpers",
  "plaintext-login": "the entry of auths",
  "store-login": "the login",
  "npmrc-line": "the line of the token",
  bookkeeping: "the record of the login",
};

function list(places: readonly Artifact[]): string {
  return [...new Set(places.map(({ what, where }) => `${NAMES[what]} in ${printable(where)}`))].join(", ");
}
