import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkDownloads, checkFeature, denied } from "../../../scripts/release/check.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { tempFolder } from "../../support/temp-home.ts";

const PASSWORD = "Hunter2-Hunter2";

test.each(["basic", "bearer"] as const)(
  "a Feature that only users of the registry can pull is named (%s)",
  async (auth) => {
    const registry = await startLocalRegistry(PASSWORD, auth);
    const wrong = await checkFeature({ digest: "sha256:0", tags: ["1"] }, { registry, namespace: "acme/features" });
    expect(wrong).toEqual([
      `${registry}/acme/features/registry-login:1 cannot be pulled without a login`,
      `${registry}/acme/features:latest cannot be pulled without a login`,
    ]);
  },
);

test("GitHub's page is named on which a package is made public", () => {
  expect(denied("ghcr.io/acme/features/registry-login", "1")).toBe(
    "ghcr.io/acme/features/registry-login:1 cannot be pulled without a login; make the package public: " +
      "https://github.com/orgs/acme/packages/container/features%2Fregistry-login/settings",
  );
});

test("downloads that are missing or that are other files are named", async () => {
  const folder = tempFolder();
  const files = { "same.tgz": "1", "other.tgz": "2", "missing.tgz": "3" };
  const sums = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return `${createHash("sha256").update(text).digest("hex")}  ${name}\n`;
  });
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
  const served: Readonly<Record<string, string>> = {
    "/same.tgz": "1",
    "/other.tgz": "x",
    "/SHA256SUMS": sums.join(""),
  };
  const server = createServer(({ url = "" }, answer) => {
    answer.writeHead(url in served ? 200 : 404).end(served[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await checkDownloads(folder, address)).toEqual([
    `${address}/other.tgz is another file than the one that was made`,
    `${address}/missing.tgz cannot be downloaded: status 404`,
  ]);
});
