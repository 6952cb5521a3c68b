import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { BROUGHT_ALONG, BUSYBOX_IMAGE, ensureInstallImages, RPM_IMAGE } from "../support/install-images.ts";
import { type NodeMirror, startNodeMirror } from "../support/node-mirror.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";
import { run } from "../support/shell.ts";

// What install.sh asks package managers for.

let mirror: NodeMirror;

beforeAll(async () => {
  await ensureInstallImages(BUSYBOX_IMAGE, RPM_IMAGE);
  mirror = await startNodeMirror();
});

afterAll(async () => {
  await mirror?.close();
});

async function start(image: string): Promise<PlainContainer> {
  const started = await startPlainContainer(image);
  onTestFinished(() => started.remove());
  return started;
}

test.each(["dnf", "zypper"])("%s installs a missing program and removes it afterwards", async (manager) => {
  const started = await start(RPM_IMAGE);
  await started.sh(`rm /usr/bin/${manager === "dnf" ? "zypper" : "dnf"}`);
  const { output, exitCode } = await started.install({ NODEMIRROR: mirror.url });
  expect(output).toContain(`installing gzip temporarily with ${manager}`);
  expect(output).toMatch(new RegExp(`removing the temporary packages: .*${BROUGHT_ALONG}`));
  expect(exitCode).toBe(0);
  expect(await started.sh("registry-login --version")).toMatchObject({ exitCode: 0 });
  // dnf's own notes remain, two files of a line.
  const left = await started.sh(
    "rpm -qa; command -v gzip; find /var/cache/dnf /var/cache/zypp -type f ! -name '*.json'",
  );
  expect(left.stdout).toBe("");
});

// apk and its packages cannot be had here: a stand-in notes what it is asked, and puts a Node where apk would. That
// Alpine's own Node then runs the agent is for .github/workflows/images.yml to show.
test("on musl the distribution's Node is installed, and none is downloaded", async () => {
  const started = await start(BUSYBOX_IMAGE);
  await run("docker", ["cp", process.execPath, `${started.id}:/node`]);
  const apk = '#!/bin/sh\\necho "$*" >/asked\\nmv /node /usr/bin/node\\n';
  await started.sh(`: >/lib/ld-musl-x86_64.so.1; mkdir -p /usr/bin; printf '${apk}' >/bin/apk; chmod 755 /bin/apk`);
  const asked = mirror.requests.length;
  const { output, exitCode } = await started.install({ NODEMIRROR: mirror.url });
  expect(output).toContain("installed, with /usr/bin/node");
  expect(exitCode).toBe(0);
  expect((await started.sh("cat /asked")).stdout).toBe("add --no-cache nodejs\n");
  expect(mirror.requests).toHaveLength(asked);
});

test("on musl without apk the message says what is missing", async () => {
  const started = await start(BUSYBOX_IMAGE);
  await started.sh(": >/lib/ld-musl-x86_64.so.1");
  const { output, exitCode } = await started.install({ NODEMIRROR: mirror.url });
  expect(exitCode).toBe(1);
  expect(output).toContain("no Node can be downloaded for musl, and there is no apk to install one");
  expect(output).toContain("-> install Node >= 20 in the image");
});
