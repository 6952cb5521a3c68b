import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../scripts/project.ts";
import { runLine } from "../support/command-line.ts";
import { makePath } from "../support/doctor.ts";
import { codeBlocks } from "../support/markdown.ts";
import { type Reply, scripted, startNamed } from "../support/scripted-registry.ts";
import { makeHome, secrets } from "../support/temp-home.ts";

const ACR = "mycompany.azurecr.io";
const GHCR = "ghcr.io";
const IMAGE = `${ACR}/app:1`;

const DENIED: Reply = { status: 403, code: "DENIED", message: "requested access to the resource is denied" };
const password = "a-long-password";

test("the README shows what the program prints, except the address of the registry", async () => {
  const azure = scripted({ user: "ci-puller", password, realm: "/token", manifest: DENIED, upload: DENIED });
  const github = scripted({ user: "octocat", password, realm: "/token", token: () => DENIED });
  const { env } = await startNamed([ACR, GHCR], (response, count, request) =>
    (request.headers.host === ACR ? azure : github)(response, count, request),
  );
  const home = makeHome();
  const world = {
    PATH: makePath(home),
    ...env,
    ...secrets("ACR", ACR, "ci-puller", password),
    ...secrets("TEAM", GHCR, "octocat", password),
  };

  const login = await runLine(home, ["login"], world);
  expect(shownInReadme("registry-login: ")).toBe(login.stdout);

  const doctor = await runLine(home, ["doctor", IMAGE], world);
  const prompt = `$ registry-login doctor ${IMAGE}\n`;
  expect(withoutAddress(shownInReadme(prompt))).toBe(withoutAddress(prompt + doctor.stdout));
});

/** The block of the README that starts with this text. */
function shownInReadme(start: string): string | undefined {
  const blocks = codeBlocks(readFileSync(join(ROOT, "README.md"), "utf8"));
  return blocks.map(({ text }) => text).find((text) => text.startsWith(start));
}

/** The test's registry is behind a proxy, a reader's is not. */
function withoutAddress(text = ""): string {
  return text.replace(/^( +\S+ ok +network) .*$/m, "$1");
}
