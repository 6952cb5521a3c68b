import type { Discovery } from "../../discovery/request.ts";
import { jsonLine, printable } from "../../printable.ts";
import { createRedactor } from "../../redact.ts";
import { count, table } from "../../terminal/table.ts";
import { createPen, type Terminal } from "../../terminal/terminal.ts";
import { NOTHING_FOUND, skippedJson } from "../skipped.ts";

/** `plan --json`: its shape is relied on by other programs. */
export function planJson(discovery: Discovery): string {
  const redact = createRedactor(discovery.secrets);
  const registries = discovery.requests.map(({ identifier, source, registry, user, exchange }) => ({
    identifier,
    source,
    host: registry.host,
    kind: registry.kind,
    user: user === null ? null : redact(user),
    keys: registry.keys,
    region: registry.region,
    account: registry.account,
    fips: registry.fips,
    dualStack: registry.dualStack,
    exchange,
  }));
  const rejected = discovery.rejected.map(({ identifier, reason, hint }) => ({
    identifier,
    missing: [],
    reason: redact(`${reason}; ${hint}`),
  }));
  return jsonLine({ registries, skipped: [...discovery.skipped.map(skippedJson), ...rejected] });
}

/** `plan` for a person. */
export function planText(discovery: Discovery, terminal: Terminal): string {
  const redact = createRedactor(discovery.secrets);
  const { requests, rejected, skipped } = discovery;
  if (requests.length + rejected.length + skipped.length === 0) return `registry-login: ${NOTHING_FOUND}\n`;
  const rows = [
    ...requests.map(({ identifier, registry, user, exchange }) => [
      identifier,
      registry.host,
      `${registry.kind}, ${user === null ? "with the machine's own AWS identity" : `as ${printable(redact(user))}`}${exchange === "aws-keys" ? " (AWS key)" : ""}`,
    ]),
    ...rejected.map(({ identifier, reason, hint }) => [identifier, "rejected", redact(`${reason}; ${hint}`)]),
    ...skipped.map(({ identifier, reason }) => [identifier, "skipped", reason]),
  ];
  return `registry-login would log in to ${count(requests.length)}\n${table(rows, createPen(terminal)).join("")}`;
}
