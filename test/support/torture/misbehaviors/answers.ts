import type { RequestListener } from "node:http";
import type { Code } from "../../../../src/findings/finding.ts";
import { answer, bearer } from "../../misbehaving-server.ts";
import { acceptLogin, BASIC_CHALLENGE, http, type Misbehavior } from "./misbehavior.ts";
import { BASIC, startHttp } from "./servers.ts";

const PAGE = "<html></html>";

/** Registries that answer with something that no client can use. */
export function answers(): Misbehavior[] {
  return [...types(), ...redirects(), ...challenges(), ...tokenServices(), ...statuses(), ...certificates()];
}

function types(): Misbehavior[] {
  // Only a web page is rejected; otherwise the status decides, since not all registries send a content type.
  const types: readonly (readonly [string, Code | null])[] = [
    ["text/html", "web-page"],
    ["TEXT/HTML; charset=utf-8", "web-page"],
    ["application/xhtml+xml", "web-page"],
    ["image/png", null],
    ['no/such, ;="', null],
  ];
  return types.map(([type, code]) =>
    http(`has a wrong content type, ${type}`, code, (request, response) => {
      const isPage = code === "web-page" || request.headers.authorization === BASIC;
      answer(response, isPage ? 200 : 401, { ...BASIC_CHALLENGE, "content-type": type }, PAGE);
    }),
  );
}

function redirects(): Misbehavior[] {
  const to =
    (location: string): RequestListener =>
    (_, response) =>
      answer(response, 307, { location });
  const away = "redirected";
  return [
    http("redirects to the same host", null, (request, response) => {
      if (request.url === "/v2/") answer(response, 307, { location: "/registry/v2/" });
      else acceptLogin(request, response);
    }),
    http("redirects to another page of the same host", away, to("/login")),
    { name: "redirects to another host", codes: [away], start: ({ trap }) => startHttp(to(`http://${trap}/v2/`)) },
    {
      name: "redirects from https to http",
      codes: [away],
      start: ({ trap, good }) => startHttp(to(`http://${trap}/v2/`), good),
    },
    http("redirects in a loop", away, to("/v2/")),
    http("redirects to no address", away, to("http://[")),
  ];
}

function challenges(): Misbehavior[] {
  const malformed: readonly (readonly [string, Code])[] = [
    ["", "no-challenge"],
    ["Bearer", "token-service-untrusted"],
    ["Bearer realm=", "token-service-untrusted"],
    ['Bearer realm="', "token-service-untrusted"],
    ["Negotiate", "unknown-challenge"],
    ["\u00ff\u00fe", "no-challenge"],
    [`Basic ${"x".repeat(8000)}=,"`, "credential-refused"],
  ];
  return malformed.map(([text, code]) =>
    http(`has a malformed challenge, ${JSON.stringify(text.slice(0, 20))}`, code, (_, response) =>
      answer(response, 401, text === "" ? {} : { "www-authenticate": text }),
    ),
  );
}

function tokenServices(): Misbehavior[] {
  const serving =
    (listener: RequestListener): RequestListener =>
    (request, response) => {
      if (request.url?.startsWith("/token")) listener(request, response);
      else answer(response, 401, bearer(`http://${request.headers.host}/token`));
    };
  return [
    http("names a token service elsewhere", "token-service-untrusted", (_, response) =>
      answer(response, 401, bearer("https://169.254.169.254/token")),
    ),
    http(
      "has a token service that hangs",
      "token-service-failed",
      serving(() => undefined),
    ),
    http(
      "has a token service with a wrong content type",
      "token-missing",
      serving((_, response) => answer(response, 200, { "content-type": "text/html" }, PAGE)),
    ),
    http(
      "has a token service that answers 503",
      "registry-busy",
      serving((_, response) => answer(response, 503)),
    ),
    http("hangs once it sees the password", "no-answer", (request, response) => {
      if (request.headers.authorization === undefined) answer(response, 401, BASIC_CHALLENGE);
    }),
  ];
}

function statuses(): Misbehavior[] {
  return [
    ...["3600", "1", "soon", "-1", "Wed, 21 Oct 2099 07:28:00 GMT"].map((wait) =>
      http(`answers 429 with Retry-After: ${wait}`, "too-many-requests", (_, response) =>
        answer(response, 429, { "retry-after": wait }),
      ),
    ),
    ...[500, 502, 503, 504].map((status) =>
      http(`answers ${status}`, "registry-busy", (_, response) => answer(response, status)),
    ),
    http("answers 302 without a location", "redirected", (_, response) => answer(response, 302)),
    ...[204, 400, 404, 418].map((status) =>
      http(`answers ${status}`, "not-a-registry", (_, response) => answer(response, status)),
    ),
  ];
}

function certificates(): Misbehavior[] {
  return [
    {
      name: "has an expired certificate",
      codes: ["certificate-expired"],
      start: ({ expired }) => startHttp(acceptLogin, expired),
    },
    {
      name: "has a wrong-name certificate",
      codes: ["certificate-name"],
      start: ({ otherName }) => startHttp(acceptLogin, otherName),
    },
  ];
}
