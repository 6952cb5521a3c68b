import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { login } from "../../../src/commands/login/login.ts";
import { discover } from "../../../src/discovery/discover.ts";
import { verify } from "../../../src/handshake/verify.ts";
import { createSend } from "../../../src/network/http.ts";
import { parseRegistry } from "../../../src/registries/registry.ts";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { leakedPieces } from "../../support/leaks.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { filesBelow, makeHome, secrets } from "../../support/temp-home.ts";

/** The example of AWS's documentation. */
const ID = "AKIAIOSFODNN7EXAMPLE";
const TEMPORARY_ID = "ASIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const find = (server: string, user: string, password: string) =>
  discover(secrets("A", server, user, password), { registries: new Map() });

/** Source of the host names: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
describe("a key pair is exchanged for a token at a registry of AWS, however its name is spelled", () => {
  test.each([
    ECR_HOST,
    `${ECR_HOST}:443`,
    ECR_HOST.toUpperCase(),
    `https://${ECR_HOST}`,
    `HTTPS://${ECR_HOST}:443/`,
    `//${ECR_HOST}`,
    `${ECR_HOST}/`,
    `${ECR_HOST}:443/team/app`,
    `${ECR_HOST}?a=b`,
    ` ${ECR_HOST}\n`,
    "public.ecr.aws:443",
    "ecr-public.aws.com:443",
  ])("%j", (server) => {
    for (const id of [ID, TEMPORARY_ID]) {
      expect(find(server, id, SECRET).requests).toMatchObject([{ exchange: "aws-keys" }]);
    }
  });
});

describe("a key pair is not sent to any other server", () => {
  test.each([
    `${ECR_HOST}.`,
    `${ECR_HOST}.:443`,
    `${ECR_HOST}:8443`,
    `${ECR_HOST}:80`,
    `${ECR_HOST}.evil.example`,
    `evil.example/${ECR_HOST}`,
    `${ECR_HOST}@evil.example`,
    "123456789012.dkr.ecr.eu-west-1.amazonaws.example",
    "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
    "docker.io",
    "ghcr.io",
    "mycompany.azurecr.io",
    "registry.example.com",
    "localhost:5000",
  ])("%s", (server) => {
    for (const [user, password] of [
      [ID, SECRET],
      [TEMPORARY_ID, SECRET],
      [ID.toLowerCase(), SECRET],
      [`"${ID}"`, `"${SECRET}"`],
      [ID, "a-secret-that-was-cut"],
      [SECRET, ID],
      ["bob", `${ID}:${SECRET}`],
      ["AWS", JSON.stringify({ AccessKeyId: ID, SecretAccessKey: SECRET })],
    ] as const) {
      const { requests, rejected } = find(server, user, password);
      expect([user, requests]).toEqual([user, []]);
      expect(rejected).toHaveLength(1);
      expect(leakedPieces(JSON.stringify(rejected), SECRET)).toEqual([]);
    }
  });
});

describe("at a registry of AWS, a secret key is only used to sign", () => {
  test.each([
    ["the pair is swapped", SECRET, ID, "aws-keys-swapped"],
    ["the pair is swapped and quoted", `"${SECRET}"`, `"${ID}"`, "aws-user-is-secret"],
    ["the secret is both", SECRET, SECRET, "aws-user-is-secret"],
    ["the secret is the token of the user AWS", "AWS", SECRET, "aws-token-is-key"],
    ["the pair is the token of the user AWS", "AWS", `${ID}:${SECRET}`, "aws-token-is-key"],
    ["the pair as JSON is the token of the user AWS", "AWS", `{"a":"${ID}","b":"${SECRET}"}`, "aws-token-is-key"],
  ])("%s", (_, user, password, code) => {
    for (const server of [ECR_HOST, `${ECR_HOST}:443`, "public.ecr.aws"]) {
      const { requests, rejected } = find(server, user, password);
      expect([requests, rejected.map((each) => each.code)]).toEqual([[], [code]]);
    }
  });

  test("a ready token of the user AWS is not a key", () => {
    const token = Buffer.from(JSON.stringify({ payload: "x".repeat(600) })).toString("base64");
    expect(find(ECR_HOST, "AWS", token).requests).toMatchObject([{ exchange: null }]);
  });
});

test("a login with a key pair asks nobody and writes no file", async () => {
  const server = await startServer((response) => answer(response, 200));
  const home = makeHome();
  const env = secrets("A", server.host, ID, SECRET);
  const { stdout } = await login(home.context(env), { options: {}, json: true, onlyChanged: false });
  expect(JSON.parse(stdout).registries).toMatchObject([{ outcome: "refused", code: "aws-keys-elsewhere" }]);
  expect(server.seen).toEqual([]);
  const written = [...filesBelow(home.folder), ...filesBelow(home.memory)].map((file) => readFileSync(file, "utf8"));
  expect(leakedPieces(written.join("\n"), SECRET)).toEqual([]);
});

test("a key pair that a person gave to docker login is not sent by a check either", async () => {
  const server = await startServer((response, _, { headers }) =>
    answer(response, headers.authorization === undefined ? 401 : 200, { "www-authenticate": 'Basic realm="a"' }),
  );
  const { send, close } = createSend({});
  const credential = { username: ID, secret: SECRET, expiresAt: null };
  expect(await verify(parseRegistry(server.host), credential, send, 10_000)).toMatchObject({
    outcome: "failed",
    code: "aws-keys-elsewhere",
  });
  expect(server.seen).toEqual([{ path: "/v2/", authorization: null }]);
  close();
});
