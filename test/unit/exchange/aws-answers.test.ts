import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Code } from "../../../src/findings/finding.ts";
import { ECR_HOST } from "../../support/aws-endpoint.ts";
import { awsSecrets, setUpAws } from "../../support/aws-setup.ts";
import { startConnectProxy } from "../../support/connect-proxy.ts";
import { startLocalRegistry } from "../../support/local-registry.ts";
import { answer, startServer } from "../../support/misbehaving-server.ts";
import { type LoginAnswer, logIn, makeHome, secrets } from "../../support/temp-home.ts";
import { drip, startRaw } from "../../support/torture/misbehaviors/servers.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const JSON_TYPE = { "content-type": "application/x-amz-json-1.1" };
const PASSWORD = "right-password";

/** Logs in to AWS at this host, and to a registry that works. @returns AWS's outcome */
async function logInAt(host: string, timeout = "2"): Promise<LoginAnswer["registries"][number]> {
  vi.stubEnv("AWS_ENDPOINT_URL_ECR", `http://${host}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const other = secrets("OTHER", await startLocalRegistry(PASSWORD), "bob", PASSWORD);
  const { registries } = await logIn(makeHome().context({ ...awsSecrets(), ...other }), { timeout });
  const [aws, works] = registries;
  expect(works).toMatchObject({ identifier: "OTHER", outcome: "verified" });
  if (aws === undefined) throw new Error("AWS is not in the report");
  return aws;
}

interface Connection {
  readonly name: string;
  readonly codes: readonly Code[];
  readonly talk: (socket: Socket) => void;
}

const connections: readonly Connection[] = [
  {
    name: "switches to another protocol",
    codes: ["not-http"],
    talk: (socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  },
  {
    name: "switches to another protocol and closes the connection",
    codes: ["not-http"],
    talk: (socket) => socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  },
  { name: "closes without an answer", codes: ["aws-no-route"], talk: (socket) => socket.end() },
  {
    name: "has an endless body",
    codes: ["answer-too-long"],
    talk: (socket) => drip(socket, [`${OK}\r\n`, "y".repeat(65_536)], 1),
  },
  {
    name: "has endless headers",
    codes: ["answer-too-long"],
    talk: (socket) => drip(socket, [OK, `x: ${"y".repeat(9000)}\r\n`], 1),
  },
  {
    name: "ends in the body",
    codes: ["aws-no-route"],
    talk: (socket) => socket.end(`${OK}content-length: 9\r\n\r\n{`),
  },
  {
    name: "hangs in the body",
    codes: ["aws-no-answer"],
    talk: (socket) => socket.write(`${OK}content-length: 9\r\n\r\n{`),
  },
  { name: "does not speak HTTP", codes: ["not-http"], talk: (socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n") },
];

test.each(connections)(
  "AWS's endpoint $name: it is reported, and the others are logged in",
  async ({ codes, talk }) => {
    const server = await startRaw(talk);
    onTestFinished(server.close);
    const { outcome, code } = await logInAt(server.host);
    expect([outcome, codes.includes(code as Code) ? "as expected" : code]).toEqual(["unreachable", "as expected"]);
  },
);

interface Reply {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly outcome: string;
  readonly code: Code;
  readonly detail: string;
}

const WHERE = "AWS ECR in eu-west-1";
const page = {
  headers: { "content-type": "text/html" },
  body: "<html>Blocked</html>",
} as const;
const REQUEST_ID = { ...JSON_TYPE, "x-amzn-requestid": "b25f48e8-84fd-11e6-80d9-574e0c4664cb" };
/** What is not AWS's own answer is told of whoever stands between. */
const foreign = (name: string, status: number, who: string, more: Partial<Reply> = {}): Reply => ({
  headers: JSON_TYPE,
  body: "",
  name,
  status,
  outcome: "unreachable",
  code: "aws-not-asked",
  detail: `: ${who} answered instead`,
  ...more,
});
const named = (name: string): string => JSON.stringify({ __type: name, message: "planted" });
const failed = { headers: JSON_TYPE, outcome: "failed", code: "aws-unknown" } as const;

const replies: readonly Reply[] = [
  ...[200, 201, 400, 403, 404, 451, 502, 503, 511].map((status) =>
    foreign(`${status} with a page of somebody else`, status, `a web page (status ${status})`, page),
  ),
  ...[301, 302, 303, 307, 308].map((status) =>
    foreign(`${status} to somebody else`, status, "a redirect to https://evil.example", {
      headers: { location: "https://evil.example/sign-in?from=here" },
    }),
  ),
  foreign("a redirect to nowhere", 302, "a redirect to a different page"),
  foreign("407 without a tunnel", 407, "", {
    code: "proxy-login",
    detail: "the proxy does not accept the connection without a valid login (407)",
  }),
  foreign("a block page in plain text", 403, "something else (status 403)", {
    headers: { "content-type": "text/plain" },
    body: "Access denied by policy",
  }),
  foreign("a block page in JSON", 403, "something else (status 403)", { body: '{"error":"blocked by policy"}' }),
  foreign("502 with nothing", 502, "something else (status 502)", { headers: {} }),
  foreign("503 in JSON that is not AWS's", 503, "something else (status 503)", { body: '{"message":"no upstream"}' }),
  foreign("an empty answer", 400, "something else (status 400)", { headers: {} }),
  foreign("what is not JSON", 200, "something else (status 200)", { body: "{" }),
  foreign("a text", 200, "something else (status 200)", { headers: { "content-type": "text/plain" }, body: "OK" }),
  {
    ...failed,
    name: "its own request id and what is not JSON",
    status: 200,
    headers: REQUEST_ID,
    body: "{",
    detail: `${WHERE} answered status 200`,
  },
  {
    ...failed,
    name: "its own request id and no name",
    status: 400,
    headers: REQUEST_ID,
    body: "{}",
    detail: `${WHERE} answered status 400`,
  },
  {
    ...failed,
    name: "a name of its own",
    status: 400,
    body: named("SomethingNew"),
    detail: `${WHERE} answered SomethingNew`,
  },
  {
    ...failed,
    name: "a name with escape codes",
    status: 400,
    body: named("\u001b[2J\u001b[31mEvil"),
    detail: `${WHERE} answered status 400`,
  },
  {
    ...failed,
    name: "a name with a forged line",
    status: 400,
    body: named("x\nregistry-login: all registries are ready"),
    detail: `${WHERE} answered status 400`,
  },
  {
    ...failed,
    name: "a name of 65 characters",
    status: 400,
    body: named("x".repeat(65)),
    detail: `${WHERE} answered status 400`,
  },
];

test.each(replies)("AWS's endpoint answers with $name", async ({ status, headers, body, outcome, code, detail }) => {
  const server = await startServer((response) => answer(response, status, headers, body));
  const aws = await logInAt(server.host, "10");
  expect(aws).toMatchObject({ outcome, code });
  // Those names are JavaScript's and the SDK's own.
  expect(aws.detail).not.toMatch(/SyntaxError|TypeError|Unknown/);
  // The detail of a login that is kept says so around it.
  expect(aws.detail).toContain(detail);
});

test.each([
  { status: "407 Proxy Authentication Required", code: "proxy-login" },
  { status: "403 Forbidden", code: "proxy-refuses" },
  { status: "502 Bad Gateway", code: "proxy-refuses" },
  { status: "503 Service Unavailable", code: "proxy-refuses" },
])("a proxy on the way to AWS answers $status", async ({ status, code }) => {
  const proxy = await startConnectProxy(1, status);
  const context = makeHome().context({ ...awsSecrets(), HTTPS_PROXY: `http://${proxy.host}` });
  const { registries } = await logIn(context, { timeout: "5" });
  expect(registries).toMatchObject([{ outcome: "unreachable", code }]);
  expect(new Set(proxy.requests)).toEqual(new Set(["CONNECT api.ecr.eu-west-1.amazonaws.com:443"]));
});

describe("an expiry that AWS cannot mean counts as twelve hours:", () => {
  test.each([1e20, 1e15, -1, 253_402_300_800])("%s", async (expiresAt) => {
    const authorizationToken = Buffer.from("AWS:the-token").toString("base64");
    const { at } = await setUpAws(undefined, () => ({ authorizationData: [{ authorizationToken, expiresAt }] }));
    const now = Math.floor(Date.now() / 1000);
    const { registries } = await logIn(at(0, awsSecrets()), { verify: "false" });
    expect(registries).toMatchObject([{ host: ECR_HOST, outcome: "unreachable", code: null }]);
    expect((registries[0]?.expiresAt ?? 0) - now).toBeGreaterThanOrEqual(12 * 3600);
    expect((registries[0]?.expiresAt ?? 0) - now).toBeLessThan(13 * 3600);
  });
});
