import { execFileSync } from "node:child_process";
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { logIn, makeHome, secrets, type TempHome } from "../../support/temp-home.ts";

// What AWS's SDK would read by itself.
const odd: Readonly<Record<string, { readonly code: string; readonly make: (file: string) => string }>> = {
  "a device without an end": { code: "not-a-file", make: () => "/dev/zero" },
  "a FIFO": {
    code: "not-a-file",
    make: (file) => {
      execFileSync("mkfifo", [file]);
      return file;
    },
  },
  "a file of many GB": {
    code: "file-too-large",
    make: (file) => {
      writeFileSync(file, "");
      truncateSync(file, 2 ** 32);
      return file;
    },
  },
};

type Name = (home: TempHome, file: string) => Record<string, string>;

const places: Readonly<Record<string, Name>> = {
  "AWS's config file": (_, file) => ({ AWS_CONFIG_FILE: file }),
  "the shared credentials": (_, file) => ({ AWS_SHARED_CREDENTIALS_FILE: file }),
  "a web identity token": (_, file) => ({ AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: "arn:aws:iam::1:role/x" }),
  "the token for container credentials": (_, file) => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file }),
  "the web identity token of a profile": (home, file) => {
    const config = join(home.folder, ".aws", "config");
    mkdirSync(dirname(config), { recursive: true });
    writeFileSync(config, `[default]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = ${file}\n`);
    return {};
  },
};

describe.each(Object.entries(places))("as %s", (_, name) => {
  test.each(Object.entries(odd))("%s is not read: it is reported, and the others are logged in", async (_, row) => {
    const home = makeHome();
    const named = name(home, row.make(join(home.folder, "odd")));
    for (const [key, value] of Object.entries(named)) vi.stubEnv(key, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const other = secrets("OTHER", await startLocalRegistry("right-password"), "bob", "right-password");
    const { registries } = await logIn(home.context({ ...named, ...other }), { registries: `ECR=${ECR_HOST}` });
    expect(registries).toMatchObject([
      { identifier: "ECR", outcome: "failed", code: row.code },
      { identifier: "OTHER", outcome: "verified" },
    ]);
  });
});
