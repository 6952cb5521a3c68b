import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ask, authorizations, BASIC } from "../../support/handshake.ts";
import { answer, bearer, startServer } from "../../support/misbehaving-server.ts";
import { makeCompany, TRUST, type TrustRow, writeFiles } from "../../support/trust-rows.ts";
import { setUpTrust } from "../../support/trust-server.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "registry-login-company-"));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const COMPANY = makeCompany(FOLDER);

// test/feature/clients-network.test.ts holds the same table against skopeo.
test.each(TRUST)("$what: $code", async (row) => {
  const { host, env } = await setUpTrust(row, COMPANY);
  const verdict = await ask(`https://${host}`, { env });
  expect(verdict).toMatchObject(
    row.code === null ? { outcome: "verified" } : { outcome: "unreachable", code: row.code },
  );
});

test.each<{ what: string; row: Partial<TrustRow>; says: RegExp; hint: RegExp }>([
  {
    what: "an authority that is not trusted",
    row: {},
    says: /^the certificate of HOST is signed by an authority that is not trusted here \(Example Corp\)$/,
    hint: /ca-certificates/,
  },
  {
    what: "an intermediate that is left out",
    row: { chain: ({ below }) => below, file: ({ root }) => root.cert },
    says: /^HOST does not send the certificate of the authority \(Example Corp\) that signed its own$/,
    hint: /administrator.*intermediate/,
  },
  {
    what: "a client certificate",
    row: { wantsClient: true, file: ({ root }) => root.cert },
    says: /^HOST requires a client certificate that it trusts \(TLS alert certificate_required\)$/,
    hint: /client\.cert and client\.key into \/etc\/docker\/certs\.d\/HOST \(docker\) or \/etc\/containers\/certs\.d\/HOST/,
  },
  {
    what: "a key that is missing",
    row: { home: ({ client }) => ({ ".config/containers/certs.d/HOST/client.cert": client.cert }) },
    says: /^the certificates for HOST in certs\.d cannot be used: \/\S+\/certs\.d\/HOST\/client\.key is missing, or/,
    hint: /NAME\.key/,
  },
])("$what is named", async ({ row, says, hint }) => {
  const { host, env } = await setUpTrust({ what: "", code: "", source: "", ...row }, COMPANY);
  const verdict = await ask(`https://${host}`, { env });
  expect(verdict.detail.replaceAll(host, "HOST")).toMatch(says);
  expect(verdict.hint.replaceAll(host, "HOST")).toMatch(hint);
});

// Source: containers/image, docker/docker_client.go (dockerCertDir); moby, registry/config_unix.go and registry/registry.go.
describe("the folders of the machine", () => {
  test.each(["docker/certs.d", "containers/certs.d"])(
    "/etc/%s has authorities and client certificates",
    async (name) => {
      const { host, env } = await setUpTrust({ what: "", wantsClient: true, code: null, source: "" }, COMPANY);
      const { root, client } = COMPANY;
      const etc = writeFiles({
        [`${name}/${host}/ca.crt`]: root.cert,
        [`${name}/${host}/client.cert`]: client.cert,
        [`${name}/${host}/client.key`]: client.key,
      });
      expect(await ask(`https://${host}`, { env, etc })).toMatchObject({ outcome: "verified" });
    },
  );

  test("that of docker without root is in the home folder", async () => {
    const { host, env } = await setUpTrust({ what: "", code: null, source: "" }, COMPANY);
    const config = writeFiles({ [`docker/certs.d/${host}/ca.crt`]: COMPANY.root.cert });
    expect(await ask(`https://${host}`, { env: { ...env, XDG_CONFIG_HOME: config } })).toMatchObject({
      outcome: "verified",
    });
  });
});

test("the certificates of a registry are also used for its token service, and not for another registry", async () => {
  const { root, server } = COMPANY;
  const service = await startServer((response, _, { headers }) => {
    answer(response, headers.authorization === BASIC ? 200 : 401, {}, '{"token":"t"}');
  }, server);
  const registry = await startServer((response, _, { headers }) => {
    const isKnown = headers.authorization === "Bearer t";
    answer(response, isKnown ? 200 : 401, bearer(`https://localhost:${service.port}/token`));
  }, server);
  const HOME = writeFiles({ [`.config/containers/certs.d/${registry.host}/ca.crt`]: root.cert });
  const env = { HOME, SSL_CERT_DIR: writeFiles({}) };
  expect(await ask(`https://${registry.host}`, { env })).toMatchObject({ outcome: "verified" });
  expect(authorizations(service)).toContain(BASIC);
  expect(await ask(`https://${service.host}`, { env })).toMatchObject({ code: "certificate-authority" });
});
