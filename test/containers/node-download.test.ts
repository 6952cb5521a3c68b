import { mkdtempSync, rmSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Certificate, makeCertificateIn } from "../support/certificate.ts";
import { startConnectProxy } from "../support/connect-proxy.ts";
import { freePort } from "../support/free-port.ts";
import { BARE_IMAGE, BUSYBOX_IMAGE, ensureInstallImages, OLD_NODE_IMAGE } from "../support/install-images.ts";
import { type NodeMirror, startNodeMirror } from "../support/node-mirror.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";

// How install.sh gets a private Node into an image without one that will do, and what it says when it cannot.

/** Nothing leads to this name but a proxy. */
const FAR = "mirror.example";
const INSTALLED = "installed, with /usr/local/lib/registry-login/runtime/node (v24.";

let mirror: NodeMirror;
let certificate: Certificate;
let tlsMirror: NodeMirror;

beforeAll(async () => {
  await ensureInstallImages(BARE_IMAGE, BUSYBOX_IMAGE, OLD_NODE_IMAGE);
  const folder = mkdtempSync(join(tmpdir(), "registry-login-mirror-"));
  certificate = makeCertificateIn(folder, FAR);
  rmSync(folder, { recursive: true });
  mirror = await startNodeMirror();
  // No image trusts the authority of its certificate, as with a company's proxy.
  tlsMirror = await startNodeMirror({ certificate });
});

afterAll(async () => {
  await mirror?.close();
  await tlsMirror?.close();
});

async function start(image: string, runArgs?: readonly string[]): Promise<PlainContainer> {
  const started = await startPlainContainer(image, runArgs === undefined ? {} : { runArgs });
  onTestFinished(() => started.remove());
  return started;
}

/** Removes programs from an image that has curl, wget, apt and an old Node. */
async function startWithOnly(program: string): Promise<PlainContainer> {
  const started = await start(OLD_NODE_IMAGE);
  const files = {
    curl: "/usr/bin/curl",
    wget: "/usr/bin/wget",
    node: "/usr/local/bin/node",
    apt: "/usr/lib/apt/apt-helper",
  };
  for (const [name, file] of Object.entries(files)) if (name !== program) await started.sh(`rm ${file}`);
  return started;
}

describe.each(["curl", "wget", "node", "apt"])("with %s as the only program", (program) => {
  test("Node is downloaded from a mirror by http, through a proxy", async () => {
    const started = await startWithOnly(program);
    const asked = mirror.requests.length;
    const { output, exitCode } = await started.install({
      NODEMIRROR: `http://${FAR}/npm`,
      http_proxy: `http://127.0.0.1:${mirror.port}`,
    });
    expect(output).toContain(INSTALLED);
    expect(exitCode).toBe(0);
    // A proxy is asked for the whole address.
    expect(mirror.requests.slice(asked)).toEqual([expect.stringMatching(`^http://${FAR}/npm/node-linux-`)]);
  });

  test("and by https, through a proxy, with a certificate that the image does not trust", async () => {
    const started = await startWithOnly(program);
    const proxy = await startConnectProxy(tlsMirror.port);
    const { output, exitCode } = await started.install({
      // With a slash at its end, as people write it, and the variable in the spelling that curl does not read for http.
      NODEMIRROR: `https://${FAR}/npm/`,
      HTTPS_PROXY: `http://${proxy.host}`,
    });
    expect(output).toContain("the server's certificate could not be checked, but the sha512 of the file is correct");
    expect(output).toContain(INSTALLED);
    expect(exitCode).toBe(0);
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${FAR}:443`]));
  });
});

test("a certificate that the image trusts is verified", async () => {
  const started = await startWithOnly("curl");
  const proxy = await startConnectProxy(tlsMirror.port);
  await started.sh(`cat >>/etc/ssl/certs/ca-certificates.crt <<END\n${certificate.cert}END`);
  const { output } = await started.install({
    NODEMIRROR: `https://${FAR}/npm`,
    https_proxy: `http://${proxy.host}`,
  });
  expect(output).toContain(INSTALLED);
  expect(output).not.toContain("certificate");
});

test("if one program fails, the next one is tried", async () => {
  const started = await start(OLD_NODE_IMAGE);
  await started.sh(`printf '#!/bin/sh\\nexit 7\\n' >/usr/bin/curl; rm /usr/bin/wget`);
  const { output } = await started.install({ NODEMIRROR: mirror.url });
  expect(output).toContain(INSTALLED);
});

describe("the message if no Node can be installed", () => {
  const nowhere = async (): Promise<string> => `http://127.0.0.1:${await freePort()}/npm`;
  const broken = async (answer: (response: ServerResponse) => void): Promise<string> => {
    const started = await startNodeMirror({ answer });
    onTestFinished(() => started.close());
    return started.url;
  };

  const failures: Record<string, { image?: string; mirror: () => Promise<string>; before?: string; says: string[] }> = {
    "no server": {
      image: OLD_NODE_IMAGE,
      mirror: nowhere,
      says: ["tried curl: curl: (7) ", "tried wget: ", "tried node: connect ECONNREFUSED", "tried apt: ", "nodeMirror"],
    },
    "a server without the file": {
      mirror: async () => `${mirror.url}/other`,
      says: ["tried apt: E: Failed to fetch", "404", "the option nodeMirror"],
    },
    "another file": {
      image: BUSYBOX_IMAGE,
      mirror: () => broken((response) => response.end("<html>Please log in</html>")),
      says: ["tried wget: the server sent a different file (its sha512 differs)", "nodeMirror"],
    },
    "a download that breaks off": {
      image: OLD_NODE_IMAGE,
      before: "rm /usr/bin/curl /usr/bin/wget /usr/lib/apt/apt-helper",
      mirror: () =>
        broken((response) => {
          response.writeHead(200, { "content-length": 1000 }).write("half");
          setTimeout(() => response.destroy(), 100);
        }),
      says: ["tried node: the server closed the connection"],
    },
    "no program to unpack it with": {
      before: "rm /bin/gzip",
      mirror: async () => mirror.url,
      says: ["gzip is needed to install a private Node", "-> install gzip, or Node >= 20, in the image"],
    },
    "no program to download it with": {
      before: "rm /usr/lib/apt/apt-helper",
      mirror: async () => mirror.url,
      says: ["curl is needed to install a private Node", "-> install curl, or Node >= 20, in the image"],
    },
    "a library that Node needs and that is not there": {
      before: "rm /usr/lib/*/libstdc++.so.6",
      image: BUSYBOX_IMAGE,
      mirror: async () => mirror.url,
      says: ["the private Node does not run here (it needs glibc >= 2.28 and libstdc++): ", "libstdc++.so.6"],
    },
    "a mirror that is no address": {
      mirror: async () => "mirror.example.com",
      says: ["nodeMirror must be an http or https address"],
    },
    "a mirror with a login": {
      mirror: async () => "https://bob:pass-word@mirror.example.com/npm",
      says: ["options are stored in the image", "-> use a mirror that needs no login"],
    },
  };

  test.each(Object.entries(failures))("%s", async (_, { image = BARE_IMAGE, mirror: address, before, says }) => {
    const started = await start(image);
    if (before !== undefined) expect((await started.sh(before)).exitCode).toBe(0);
    const { output, exitCode } = await started.install({ NODEMIRROR: await address() });
    expect(exitCode).toBe(1);
    for (const text of says) expect(output).toContain(text);
    expect((await started.sh("ls /tmp /usr/local/bin")).stdout.match(/tmp\.|registry-login/g)).toBeNull();
  });

  test("a processor without a private Node", async () => {
    const started = await start(BARE_IMAGE);
    const { output, exitCode } = await started.sh("setarch i686 sh /feature/install.sh");
    expect(exitCode).toBe(1);
    expect(output).toContain("no Node can be downloaded for the processor i686");
    expect(output).toContain("-> install Node >= 20 in the image");
  });

  test("a user who is not root", async () => {
    const started = await start(BARE_IMAGE);
    const { output, exitCode } = await started.sh("sh /feature/install.sh", { user: "1000" });
    expect(exitCode).toBe(1);
    expect(output).toContain("install.sh must run as root");
  });
});
