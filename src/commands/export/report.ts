import { printable } from "../../printable.ts";
import { describeEnd, minuteOf } from "../../terminal/duration.ts";
import { count, table } from "../../terminal/table.ts";
import { createPen, type Terminal } from "../../terminal/terminal.ts";
import type { Destination } from "./destination.ts";
import { type ExportedLogin, firstExpiry } from "./exported-login.ts";
import type { Format } from "./formats.ts";

/** An export that was written. */
export interface ExportReport {
  readonly format: Format;
  readonly destination: Destination;
  readonly logins: readonly ExportedLogin[];
  /** Whether it is kept up to date. */
  readonly isWatched: boolean;
}

/** What an export holds, where it is, and until when it is good: never on the stream that has the export. */
export function exportText(
  { format, destination, logins, isWatched }: ExportReport,
  nowSeconds: number,
  terminal: Terminal,
): string {
  const pen = createPen(terminal);
  const rows = logins.map((login) => {
    const mark = login.expiresAt === null && login.endsWith === null ? "ok" : "note";
    return [pen.mark(mark), login.registry.host, describe(login, nowSeconds)];
  });
  const isShort = !isWatched && firstExpiry(logins) !== null;
  const heading = `registry-login: exported ${count(logins.length)} ${place(destination, format)}`;
  const advice = isShort ? [`${pen.hang(`      ${pen.dim(pen.arrow)} `, ADVICE[destination.kind])}\n`] : [];
  return [`${pen.hang("", heading)}\n`, ...table(rows, pen), ...advice].join("");
}

const ADVICE: Readonly<Record<Destination["kind"], string>> = {
  stdout: "run this again before then, or let registry-login export renew it with --watch",
  file: "run this again with --force before then, or let registry-login export renew it with --watch",
  cluster: "run this again before then",
};

function place(destination: Destination, format: Format): string {
  switch (destination.kind) {
    case "stdout":
      return `in the format ${format}`;
    case "file":
      return `to ${printable(destination.file)} in the format ${format}`;
    case "cluster": {
      const { name, context } = destination;
      return `to the Secret ${name} in the namespace ${printable(context.namespace)} of the cluster ${printable(context.name)}`;
    }
  }
}

function describe({ username, isIdentityToken, expiresAt, endsWith }: ExportedLogin, now: number): string {
  const who = isIdentityToken ? "with an identity token" : `as ${printable(username)}`;
  if (expiresAt !== null) return `${who}, valid until ${minuteOf(expiresAt)} (${describeEnd(expiresAt, now)})`;
  return endsWith === null ? who : `${who}, valid until this ${endsWith} ends`;
}
