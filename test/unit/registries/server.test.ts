import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/findings/user-error.ts";
import { parseServer } from "../../../src/registries/server.ts";
import { tryRegistry } from "../../support/parsing.ts";
import { type Ours, readVectors } from "../../support/vectors.ts";

interface Row {
  readonly input: string;
  readonly expected?: string;
  readonly host?: string;
  readonly error?: boolean;
  readonly ours?: Ours & { readonly host?: string; readonly error?: boolean };
}

const table =
  readVectors<Record<"convertToHostname" | "toHostname" | "hostValidation", readonly Row[]>>("hostname-normalize");
const rows = [...table.convertToHostname, ...table.toHostname, ...table.hostValidation];

test.each(rows)("the server $input", (row) => {
  const { error, host } = row.ours ?? { ...row, host: row.host ?? row.expected };
  const parsed = tryRegistry(row.input);
  if (error === true) expect(parsed).toBeInstanceOf(UserError);
  else expect(parsed).toMatchObject({ host });
});

const helperUrls = readVectors<{ serverUrlParseCases: readonly { input: string; expected: string | null }[] }>(
  "helper-protocol",
).serverUrlParseCases;

test.each(helperUrls)("a credential helper's $input", ({ input, expected }) => {
  const parsed = tryRegistry(input);
  if (expected === null) expect(parsed).toBeInstanceOf(UserError);
  else expect(parsed).toMatchObject({ host: new URL(expected, "https://base.example").host });
});

test.each([
  ["  ghcr.io\n", "ghcr.io"],
  ["GHCR.IO", "ghcr.io"],
  ["https://Registry.Example.com:5000/v2/?a=b#c", "registry.example.com:5000"],
  ["//registry.example.com", "registry.example.com"],
  ["registry.example.com?x", "registry.example.com"],
  ["http://localhost:5000/", "localhost:5000"],
  ["http://127.0.0.2", "127.0.0.2"],
  ["http://[::1]:5000", "[::1]:5000"],
  ["registry.localhost:80", "registry.localhost:80"],
  ["xn--bcher-kva.example", "xn--bcher-kva.example"],
])("%j is the host %s", (text, host) => {
  expect(parseServer(text).host).toBe(host);
});

test.each([
  ["", /empty/],
  ["   ", /empty/],
  ["https://", /host name/],
  ["ghcr.io.", /host name/],
  [".ghcr.io", /host name/],
  ["my registry.example.com", /host name/],
  ["-a.example", /host name/],
  ["a_b.example", /host name/],
  ["bücher.example", /host name/],
  [`${"a".repeat(64)}.example`, /host name/],
  [`${"a.".repeat(130)}example`, /host name/],
  ["[::1", /host name/],
  ["[1.2.3.4]", /host name/],
  // A URL parser finds a different host in these, or none.
  ["0x7f.1", /host name/],
  ["127.1:5000", /host name/],
  ["registry.1", /host name/],
  ["[fe80::1%eth0]:5000", /host name/],
  ["registry.example.com:0", /port/],
  ["registry.example.com:65536", /port/],
  ["registry.example.com:", /port/],
  ["registry.example.com:5000:6000", /port/],
  ["registry.example.com:http", /port/],
  ["ftp://registry.example.com", /ftp/],
  ["unix:///var/run/docker.sock", /unix/],
  ["oci://registry.example.com/image", /oci/],
  ['"ghcr.io"', /quotation mark/],
  ["'ghcr.io'", /quotation mark/],
])("%j is rejected with the problem and a hint", (text, message) => {
  const error = tryRegistry(text);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.stringMatching(/\w{4}/) });
});

describe("user information", () => {
  test.each(["https://bob@ghcr.io", "bob:hunter2@ghcr.io", "https://bob:hunter2@ghcr.io/v2/", "ghcr.io@evil.example"])(
    "%s is rejected without repeating it",
    (text) => {
      const error = tryRegistry(text);
      expect(error).toBeInstanceOf(UserError);
      expect(JSON.stringify([error, (error as UserError).message, (error as UserError).hint])).not.toMatch(
        /bob|hunter2|evil/,
      );
    },
  );
});
