import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { stage } from "../../scripts/stage.ts";
import { TOOLS_IMAGE } from "../support/images.ts";
import { BARE_IMAGE, BUSYBOX_IMAGE, ensureInstallImages, NVM, NVM_IMAGE, OLD_NODE } from "../support/install-images.ts";
import { KEEP } from "../support/keep.ts";
import { type NodeMirror, startNodeMirror } from "../support/node-mirror.ts";
import { type PlainContainer, type PlainContainerOptions, startPlainContainer } from "../support/plain-container.ts";
import { run } from "../support/shell.ts";
import { tryImage } from "../support/try-image.ts";

// Which Node the agent runs on, and that it keeps running whatever becomes of the others.

const RUNTIME = "/usr/local/lib/registry-login/runtime/node";

let mirror: NodeMirror;

beforeAll(async () => {
  await ensureInstallImages(BARE_IMAGE, BUSYBOX_IMAGE, NVM_IMAGE);
  mirror = await startNodeMirror();
});

afterAll(async () => {
  await mirror?.close();
});

async function start(image: string, options?: PlainContainerOptions): Promise<PlainContainer> {
  const started = await startPlainContainer(image, options);
  onTestFinished(() => started.remove());
  return started;
}

/** The real path of the Node that the agent runs on, when it runs. */
async function agentsNode(started: PlainContainer): Promise<string> {
  expect(await started.sh("registry-login --version")).toMatchObject({ exitCode: 0, stderr: "" });
  return (await started.sh("readlink -f /usr/local/lib/registry-login/node")).stdout.trim();
}

test("a Node under nvm is used from the PATH until it is switched or removed", async () => {
  const started = await start(NVM_IMAGE);
  const { output } = await started.install({ NODEMIRROR: mirror.url });
  expect(output).toContain("belongs to a version manager or a user, and may be switched or removed");
  expect((await started.sh("command -v node")).stdout.trim()).toBe(`${NVM}/current/bin/node`);
  for (const change of [`ln -sfn versions/node/v${OLD_NODE} ${NVM}/current`, `rm -r ${NVM} /home/dev/.nvm`]) {
    expect(await started.sh(change)).toMatchObject({ exitCode: 0 });
    expect(await agentsNode(started)).toBe(RUNTIME);
  }
});

describe("the image's own Node", () => {
  const places: Record<string, { set: string; used: string }> = {
    "behind a link": {
      set: "mv /usr/local/bin/node /opt/node && ln -s /opt/node /usr/local/bin/node",
      used: "/opt/node",
    },
    "behind a wrapper": {
      set: "mv /usr/local/bin/node /opt/node && printf '#!/bin/sh\\nexec /opt/node \"$@\"\\n' >/usr/local/bin/node && chmod 755 /usr/local/bin/node",
      used: "/opt/node",
    },
    "behind a version manager's on the PATH": {
      set: "mkdir -p /opt/nvm && cp /usr/local/bin/node /opt/nvm/node && mv /usr/local/bin/node /usr/bin/node && ln -s /opt/nvm/node /usr/local/bin/node",
      used: "/usr/bin/node",
    },
    "that every user may not run": { set: "chmod 750 /usr/local/bin/node", used: RUNTIME },
    "in root's home folder": {
      set: "mv /usr/local/bin/node /root/node && ln -s /root/node /usr/local/bin/node",
      used: RUNTIME,
    },
    "that the version manager n put there": { set: "mkdir -p /usr/local/n/versions/node/24.0.0", used: RUNTIME },
  };

  test.each(Object.entries(places))("%s", async (_, { set, used }) => {
    const started = await start(TOOLS_IMAGE);
    expect(await started.sh(set)).toMatchObject({ exitCode: 0 });
    await started.install({ NODEMIRROR: mirror.url });
    expect(await agentsNode(started)).toBe(used);
  });
});

describe("installed twice", () => {
  const options = { STORAGE: "disk", TIMEOUT: "5" };
  const written = "storage=disk\ntimeout=5\n";

  test.each([
    ["other options, then the defaults", [options, {}]],
    ["the defaults, then other options", [{}, options]],
    ["each with one of the options", [{ STORAGE: "disk" }, { TIMEOUT: "5" }]],
  ])("%s: no option is lost", async (_, installations) => {
    const started = await start(TOOLS_IMAGE);
    for (const each of installations) await started.install(each);
    expect((await started.sh("cat /usr/local/share/registry-login/options")).stdout).toBe(written);
  });

  test("the private Node is not downloaded or stored again", async () => {
    const first = await start(BARE_IMAGE);
    await first.install({ NODEMIRROR: mirror.url });
    // A second Feature of devcontainer.json is a layer of its own.
    const image = `registry-login-test/installed-${process.pid}`;
    await first.commit(image);
    onTestFinished(async () => {
      if (!KEEP) await run("docker", ["rmi", "--force", image]);
    });
    const second = await start(image);
    const asked = mirror.requests.length;
    expect(await second.install({ NODEMIRROR: mirror.url })).toMatchObject({ exitCode: 0 });
    expect(mirror.requests).toHaveLength(asked);
    expect(await second.size()).toBeLessThan(2_000_000);
  });
});

describe("a Node inside the Feature", () => {
  let folder: string;
  let collection: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "registry-login-with-runtime-"));
    collection = join(folder, "collection");
    await stage({ folder: collection, agent: join(folder, "agent"), runtimes: [process.arch] });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("needs no network", async () => {
    const started = await start(BARE_IMAGE, { collection, runArgs: ["--network=none"] });
    const { output } = await started.install();
    expect(output).toContain("unpacking the Node inside this Feature");
    expect(await agentsNode(started)).toBe(RUNTIME);
  });

  test("is used instead of a download, even with busybox alone", async () => {
    const asked = mirror.requests.length;
    const { node } = await tryImage(BUSYBOX_IMAGE, { NODEMIRROR: mirror.url }, { collection });
    expect(node).toContain(RUNTIME.replace("/usr/local/lib/registry-login/", ""));
    expect(mirror.requests).toHaveLength(asked);
  });

  test("is not used in an image that has a Node", async () => {
    const started = await start(TOOLS_IMAGE, { collection });
    await started.install();
    expect(await agentsNode(started)).toBe("/usr/local/bin/node");
  });
});
