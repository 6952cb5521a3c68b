import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DevContainer, LOCAL_FEATURE, up } from "../support/dev-container.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { newUser, PRIVATE_IMAGE, type Registry, secretsFor, startRegistry } from "../support/registry.ts";

const auth = newUser("basic");
const before = { auths: { "other.example": { auth: "b3RoZXI6b3RoZXI=" } }, proxies: {}, "x-own": [1, 2] };

let registry: Registry;
let container: DevContainer;
let folder: string;
let file: string;
let withLine: string;

beforeAll(async () => {
  registry = await startRegistry(auth);
  folder = mkdtempSync(join(tmpdir(), "registry-login-mounted-"));
  file = join(folder, "config.json");
  // A person's own line, as the agent would write it elsewhere.
  withLine = JSON.stringify({ ...before, credHelpers: { [registry.host]: "registry-login" } });
  writeFileSync(file, withLine, { mode: 0o640 });
  container = await up({
    config: {
      image: TOOLS_IMAGE,
      features: { [LOCAL_FEATURE]: {} },
      runArgs: ["--network=host", "--tmpfs=/small:size=16k"],
      mounts: [`type=bind,source=${file},target=/root/.docker/config.json`],
    },
    secrets: secretsFor("BASIC", registry, auth),
  });
});

afterAll(async () => {
  await container?.remove();
  await registry?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a config.json that is a mount of its own, and names our helper already, is used as it is", async () => {
  expect(container.log).toMatch(/BASIC +verified/);
  expect(readFileSync(file, "utf8")).toBe(withLine);
  const pulled = await container.sh(`skopeo inspect --tls-verify=false docker://${registry.host}/${PRIVATE_IMAGE}`);
  expect(pulled.exitCode).toBe(0);
});

test("a config.json on a full disk stays as it was, and the report says so", async () => {
  const auths = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`${i}.example`, { auth: "b3RoZXI6b3RoZXI=".repeat(4) }]),
  );
  await container.sh(`printf %s '${JSON.stringify({ auths })}' >/small/config.json`);
  const login = await container.sh("DOCKER_CONFIG=/small registry-login");
  expect(login.stdout).toMatch(/BASIC +failed .*cannot be written: the disk is full/);
  expect(JSON.parse((await container.sh("cat /small/config.json")).stdout)).toEqual({ auths });
  expect((await container.sh("ls -A /small")).stdout).toBe("config.json\n");
});

test("a config.json that cannot be replaced is rewritten in place, as by a logout", async () => {
  expect((await container.sh(`registry-login logout ${registry.host}`)).exitCode).toBe(0);
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(before);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect((await container.sh("ls -A ~/.docker")).stdout).toBe("config.json\n");
});
