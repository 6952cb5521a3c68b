import { expect, test } from "vitest";
import { judgeEngineAnswer } from "../../../src/diagnosis/engine-answer.ts";

const HEAD = 'Head "https://r.example.com/v2/acme/app/manifests/1": ';
const GET = 'Get "https://r.example.com/v2/": ';
const PODMAN = `login attempt to r.example.com failed with status: pinging container registry r.example.com: ${GET}`;

/** Words of docker 20.10 and podman 4.3, run, and of newer ones by the sources of Go and moby. */
test.each([
  ["", 200, "accepted"],
  ["manifest unknown: manifest unknown", 404, "accepted"],
  // podman's, for a question that it does not know.
  ["", 404, "unclear"],
  ["unsupported manifest format", 400, "unclear"],
  ["", 500, "unclear"],
  [`${GET}dial tcp: lookup r.example.com on 10.0.0.2:53: no such host`, 500, "engine-host-unknown"],
  [`${GET}dial tcp: lookup r.example.com on 127.0.0.53:53: server misbehaving`, 500, "engine-host-unknown"],
  [
    `${GET}dial tcp: lookup r.example.com on 127.0.0.77:53: read udp 127.0.0.1:4->127.0.0.77:53: read: connection refused`,
    500,
    "engine-host-unknown",
  ],
  [`${GET}dial tcp: lookup r.example.com on 10.0.0.2:53: read udp: i/o timeout`, 500, "engine-host-unknown"],
  [`${GET}dial tcp: lookup r.example.com: Temporary failure in name resolution`, 500, "engine-host-unknown"],
  [`${PODMAN}dial tcp: lookup r.example.com on 10.0.0.2:53: no such host`, 500, "engine-host-unknown"],
  [`${GET}dial tcp 127.0.0.1:1: connect: connection refused`, 500, "engine-unreachable"],
  [`${GET}dial tcp 192.0.2.1:443: connect: network is unreachable`, 500, "engine-unreachable"],
  [`${GET}dial tcp 10.0.0.9:443: connect: no route to host`, 500, "engine-unreachable"],
  [`${GET}dial tcp 10.0.0.9:443: i/o timeout`, 500, "engine-unreachable"],
  [
    `${GET}net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)`,
    500,
    "engine-no-answer",
  ],
  [`${GET}context deadline exceeded`, 500, "engine-no-answer"],
  [`${GET}net/http: TLS handshake timeout`, 500, "engine-no-answer"],
  [`${GET}proxyconnect tcp: dial tcp 127.0.0.1:3128: connect: connection refused`, 500, "engine-proxy"],
  [`${GET}proxyconnect tcp: dial tcp: lookup proxy on 10.0.0.2:53: no such host`, 500, "engine-proxy"],
  [`${GET}Proxy Authentication Required`, 500, "engine-proxy"],
  [`${GET}x509: certificate signed by unknown authority`, 500, "engine-certificate-authority"],
  [
    `${GET}tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    500,
    "engine-certificate-authority",
  ],
  [`${PODMAN}x509: certificate signed by unknown authority`, 500, "engine-certificate-authority"],
  [`${GET}x509: certificate has expired or is not yet valid: current time 2020`, 500, "engine-certificate"],
  [`${GET}x509: certificate is valid for a.example.com, not r.example.com`, 500, "engine-certificate"],
  [
    `${GET}x509: cannot validate certificate for 10.0.0.9 because it doesn't contain any IP SANs`,
    500,
    "engine-certificate",
  ],
  [`${GET}http: server gave HTTP response to HTTPS client`, 500, "engine-no-tls"],
  ["unauthorized: authentication required", 401, "engine-refused"],
  ["login attempt to https://r.example.com/v2/ failed with status: 401 Unauthorized", 500, "engine-refused"],
  [`${HEAD}no basic auth credentials`, 500, "engine-refused"],
  ["denied: requested access to the resource is denied", 403, "engine-refused"],
  // A name is not a cause.
  ['Get "https://r.example.com/v2/denied/no-such-host/connection refused": EOF', 500, "unclear"],
])("%s (%i): %s", (message, status, expected) => {
  const verdict = judgeEngineAnswer({ status, message });
  expect(typeof verdict === "string" ? verdict : verdict.code).toBe(expected);
});
