import type { LoginRequest } from "../../discovery/request.ts";
import type { Explanation } from "../../findings/finding.ts";
import type { Artifact } from "../../registration/artifacts.ts";
import { count } from "../../terminal/table.ts";
import { createPen, type Terminal } from "../../terminal/terminal.ts";

/** What a logout did. */
export interface LogoutReport {
  readonly hosts: readonly {
    readonly host: string;
    readonly removed: readonly Artifact[];
    /** What could not be taken away; then `failure` says why. */
    readonly left: readonly Artifact[];
    /** What of this environment logs in again at the next start of the container; null where nothing does. */
    readonly again: Pick<LoginRequest, "identifier" | "source"> | null;
  }[];
  /** Folders that went with the last login in them. */
  readonly folders: readonly string[];
  readonly failure: Explanation | null;
}

/** `logout --json`: its shape is relied on by other programs. */
export function logoutJson({ hosts, folders, failure }: LogoutReport): string {
  return `${JSON.stringify({ hosts, folders, failure })}\n`;
}

/** `logout` for a person: what was removed, host by host, and what that does not change. */
export function logoutText({ hosts, folders, failure }: LogoutReport, terminal: Terminal): string {
  const pen = createPen(terminal);
  const gone = hosts.filter(({ left }) => left.length === 0).length;
  const lines = [
    hosts.length === 0 ? "registry-login: nothing is logged in" : `registry-login: logged out of ${count(gone)}`,
  ];
  for (const { host, removed, left, again } of hosts) {
    const said = removed.length === 0 ? "nothing was left of it" : `removed ${list(removed)}`;
    lines.push(pen.hang(`  ${pen.mark(left.length === 0 ? "ok" : "wrong")} ${host}  `, said));
    if (left.length > 0) lines.push(pen.hang("      ", `still there: ${list(left)}`));
    if (again !== null) lines.push(pen.hang(`      ${pen.dim(pen.arrow)} `, stays(again)));
  }
  for (const folder of folders) lines.push(pen.hang("  ", `removed the folder ${folder}`));
  if (failure !== null) {
    lines.push(
      pen.hang(`  ${pen.mark("wrong")} `, failure.message),
      pen.hang(`      ${pen.dim(pen.arrow)} `, failure.hint),
    );
  }
  return `${lines.join("\n")}\n`;
}

function stays({ identifier, source }: Pick<LoginRequest, "identifier" | "source">): string {
  const what = source === "github-token" ? "GITHUB_TOKEN is" : `the secrets of ${identifier} are`;
  return `${what} still in this environment: the next start of the container logs in again`;
}

const NAMES: Readonly<Record<Artifact["what"], string>> = {
  credential: "the credential",
  "stored-credential": "the credential of docker login",
  "aws-token": "the token of AWS",
  "helper-line": "the line of credHelpers",
  "plaintext-login": "the login of auths",
  "npmrc-line": "the line",
  bookkeeping: "the entry of our bookkeeping",
};

function list(places: readonly Artifact[]): string {
  return [...new Set(places.map(({ what, where }) => `${NAMES[what]} in ${where}`))].join(", ");
}
