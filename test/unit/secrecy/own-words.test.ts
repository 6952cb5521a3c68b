import { expect, test } from "vitest";
import { isOwnWord } from "../../../src/secrecy/own-words.ts";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { installHelper } from "../../support/clients.ts";
import { runLine } from "../../support/command-line.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { makeHome, secrets } from "../../support/temp-home.ts";

const CLIENTS = ["docker", "podman", "skopeo", "buildah", "npm"];

/** The words of a text of four letters and more. */
const wordsOf = (text: string): string[] => [
  ...new Set(text.toLowerCase().match(/(?<![a-z0-9])[a-z]{4,}(?:-[a-z]+)*(?![a-z0-9])/g)),
];

/** Values of the test and of its machine. */
const VALUES =
  /^(?:access-token|enotfound|incomplete|acme|other|local|quay|dev|shm|tmp|home|docker-config|state|share|test|localhost|amazonaws|config|west|azurecr)/;

test("every word that reports consist of, as text and as JSON, is one of ours", async () => {
  const home = makeHome();
  const host = await startLocalRegistry("right-password");
  const env = {
    PATH: installHelper(home, CLIENTS),
    ...secrets("ACME", host, "u1", "right-password"),
    ...secrets("OTHER", "a.azurecr.io", "u2", "p-2"),
    ...secrets("ECR", ECR_HOST, "AKIAIOSFODNN7EXAMPLE", "p-3"),
    GITHUB_TOKEN: "t-4",
    CODESPACES: "true",
    INCOMPLETE_CONTAINER_REGISTRY_SERVER: "quay.io",
  };
  const printed: string[] = [];
  const run = async (...args: string[]): Promise<void> => {
    printed.push((await runLine(home, args, env)).stdout);
  };
  for (const flags of [[], ["--json"]]) {
    await run("plan", ...flags);
    await run("login", "--timeout", "1", "--npm", ...flags);
    await run("login", "--timeout", "1", "--no-verify", "--storage", "disk", "--if-changed", ...flags);
    await run("status", ...flags);
    await run("doctor", host, "a.azurecr.io", "--timeout", "1", ...flags);
    await run("logout", "--all", ...flags);
    await run("logout", "--all", ...flags);
    await run("status", ...flags);
  }
  const foreign = wordsOf(
    printed
      .join("\n")
      .replace(/"[A-Za-z]+":/g, " ")
      .replace(/[\w./-]*\/[\w./-]+|\S+\.\S+/g, " "),
  );
  expect(foreign.length).toBeGreaterThan(100);
  expect(foreign.filter((word) => !isOwnWord(word) && !VALUES.test(word))).toEqual([]);
});

test.each(["hunter", "sesame", "letmein", "qwerty"])("%s is not", (word) => {
  expect(isOwnWord(word)).toBe(false);
});
