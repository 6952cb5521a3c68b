import type { HostMachine } from "../../context.ts";
import { type Discovery, isKeyless, type LoginRequest, userOrIdentity } from "../../discovery/request.ts";
import { sentence } from "../../findings/finding.ts";
import { jsonLine, printable } from "../../printable.ts";
import { count, table } from "../../terminal/table.ts";
import { createPen, type Terminal } from "../../terminal/terminal.ts";
import { nothingFound, skippedJson } from "../skipped.ts";
import { describeOrigin, type Origin, originOf } from "./origin.ts";

/** `plan --json`: its shape is relied on by other programs. On a host it also says where each part comes from. */
export function planJson(discovery: Discovery, machine: HostMachine | null): string {
  const registries = discovery.requests.map((request) => ({
    ...requestJson(request),
    ...originJson(request, machine),
  }));
  const rejected = discovery.rejected.map(({ identifier, reason, hint }) => ({
    identifier,
    missing: [],
    reason: `${reason}; ${hint}`,
  }));
  const skipped = [...discovery.skipped.map(skippedJson), ...rejected];
  return jsonLine(machine === null ? { registries, skipped } : { registries, skipped, notes: notesOf(machine) });
}

function requestJson({ identifier, source, registry, user, exchange }: LoginRequest): object {
  const { host, kind, keys, region, account, fips, dualStack } = registry;
  return { identifier, source, host, kind, user, keys, region, account, fips, dualStack, exchange };
}

function originJson(request: LoginRequest, machine: HostMachine | null): { readonly from?: Origin } {
  return machine === null ? {} : { from: originOf(request, machine) };
}

function notesOf(machine: HostMachine | null): string[] {
  return (machine?.notes ?? []).map(({ finding }) => sentence(finding));
}

/** `plan` for a person. */
export function planText(discovery: Discovery, machine: HostMachine | null, terminal: Terminal): string {
  const { requests, rejected, skipped } = discovery;
  const notes = notesOf(machine);
  if (requests.length + rejected.length + skipped.length + notes.length === 0) return nothingFound(terminal);
  const rows = [
    ...requests.map((request) => [request.identifier, request.registry.host, describe(request, machine)]),
    ...rejected.map(({ identifier, reason, hint }) => [identifier, "rejected", `${reason}; ${hint}`]),
    ...skipped.map(({ identifier, reason, hint }) => [identifier || "-", "skipped", `${reason}; ${hint}`]),
  ];
  const pen = createPen(terminal);
  const remarks = notes.map((note) => `${pen.hang("  ", note)}\n`);
  const summary = pen.hang("", `registry-login would log in to ${count(requests.length)}`);
  return [`${summary}\n`, ...table(rows, pen), ...remarks].join("");
}

function describe(request: LoginRequest, machine: HostMachine | null): string {
  const { registry, exchange } = request;
  const who = `${isKeyless(request) ? "with" : "as"} ${printable(userOrIdentity(request))}`;
  const key = exchange === "aws-keys" ? " (AWS key)" : exchange === "google-key" ? " (exchanged)" : "";
  const from = machine === null ? "" : `, ${printable(describeOrigin(originOf(request, machine)))}`;
  return `${registry.kind}, ${who}${key}${from}`;
}
