import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AUTHORITY, type Issued, issue, namesOf } from "./authority.ts";
import { tempFolder } from "./temp-home.ts";

/** The certificates of a small company. */
export interface Company {
  readonly root: Issued;
  readonly intermediate: Issued;
  /** Signed by the root. */
  readonly server: Issued;
  /** Signed by the intermediate, which says where it can be fetched. */
  readonly below: Issued;
  /** Signed by the root, with a common name alone. */
  readonly nameless: Issued;
  /** Signed by the root, for a client. */
  readonly client: Issued;
  /** A different authority. */
  readonly other: Issued;
}

/**
 * Makes them for the host `localhost`.
 * @param folder for their files; the caller removes it
 */
export function makeCompany(folder: string): Company {
  const host = "localhost";
  const root = issue(folder, { subject: "/O=Example Corp/CN=Example root", extensions: AUTHORITY });
  const intermediate = issue(folder, { subject: "/O=Example Corp/CN=Example issuing", extensions: AUTHORITY }, root);
  const subject = `/CN=${host}`;
  const extensions = [namesOf(host, "127.0.0.1"), "basicConstraints=CA:FALSE"];
  return {
    root,
    intermediate,
    server: issue(folder, { subject, extensions }, root),
    below: issue(folder, { subject, extensions }, intermediate),
    nameless: issue(folder, { subject, extensions: ["basicConstraints=CA:FALSE"] }, root),
    client: issue(folder, { subject: "/CN=bob", extensions: ["extendedKeyUsage=clientAuth"] }, root),
    other: issue(folder, { subject: "/O=Other Corp/CN=Other root", extensions: AUTHORITY }),
  };
}

/** Files below a folder, by their paths; a symlink is written `-> target`. */
export function writeFiles(files: Readonly<Record<string, string>>, folder = tempFolder()): string {
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), file);
    else writeFileSync(file, text);
  }
  return folder;
}

/** How a registry's certificate is trusted, or not; the same for docker, podman and skopeo. */
export interface TrustRow {
  readonly what: string;
  /** What the server sends. */
  readonly chain?: (company: Company) => { readonly key: string; readonly cert: string };
  /** The server wants a client certificate of the company's. */
  readonly wantsClient?: boolean;
  /** Files below the home folder; HOST stands for `localhost:PORT`. */
  readonly home?: (company: Company) => Readonly<Record<string, string>>;
  /** Files of the folder that SSL_CERT_DIR names; without them, it is empty. */
  readonly folder?: (company: Company) => Readonly<Record<string, string>>;
  /** The file that SSL_CERT_FILE names. */
  readonly file?: (company: Company) => string;
  /** The finding, or null where the server is trusted. */
  readonly code: string | null;
  readonly source: string;
}

const GO = "Go's crypto/x509: root_unix.go, verify.go";
const CERTS_D =
  "containers-certs.d(5); containers/image, pkg/tlsclientconfig; docs.docker.com/engine/security/certificates";
const OWN = ".config/containers/certs.d";

export const TRUST: readonly TrustRow[] = [
  { what: "nothing is set up", code: "certificate-authority", source: GO },
  { what: "SSL_CERT_FILE has the root", file: ({ root }) => root.cert, code: null, source: GO },
  { what: "SSL_CERT_FILE has the certificate itself", file: ({ server }) => server.cert, code: null, source: GO },
  {
    what: "SSL_CERT_FILE has another authority",
    file: ({ other }) => other.cert,
    code: "certificate-authority",
    source: GO,
  },
  { what: "SSL_CERT_DIR has the root", folder: ({ root }) => ({ "any.name": root.cert }), code: null, source: GO },
  {
    what: "SSL_CERT_DIR has the root next to what is no certificate",
    folder: ({ root }) => ({ README: "no certificate", "a.pem": `text\n${root.cert}text`, "sub/b.pem": "" }),
    code: null,
    source: GO,
  },
  {
    what: "SSL_CERT_FILE has another authority, and SSL_CERT_DIR the root",
    file: ({ other }) => other.cert,
    folder: ({ root }) => ({ "root.crt": root.cert }),
    code: null,
    source: GO,
  },
  {
    what: "SSL_CERT_DIR has the root in a folder below it",
    folder: ({ root }) => ({ "sub/root.pem": root.cert }),
    code: "certificate-authority",
    source: GO,
  },
  {
    what: "SSL_CERT_DIR has a file that is not there, and the root",
    folder: ({ root }) => ({ "lost.pem": "-> /nonexistent/lost.pem", "root.pem": root.cert }),
    code: null,
    source: GO,
  },
  {
    what: "certs.d has the root",
    home: ({ root }) => ({ [`${OWN}/HOST/ca.crt`]: root.cert }),
    code: null,
    source: CERTS_D,
  },
  {
    what: "certs.d has the root under any name",
    home: ({ root, other }) => ({ [`${OWN}/HOST/a.crt`]: other.cert, [`${OWN}/HOST/b.crt`]: root.cert }),
    code: null,
    source: CERTS_D,
  },
  {
    what: "certs.d has the root with the ending of another program",
    home: ({ root }) => ({ [`${OWN}/HOST/ca.pem`]: root.cert }),
    code: "certificate-authority",
    source: CERTS_D,
  },
  {
    what: "certs.d has the root for the host without its port",
    home: ({ root }) => ({ [`${OWN}/localhost/ca.crt`]: root.cert }),
    code: "certificate-authority",
    source: CERTS_D,
  },
  {
    what: "certs.d has the root for another host",
    home: ({ root }) => ({ [`${OWN}/registry.example.com/ca.crt`]: root.cert }),
    code: "certificate-authority",
    source: CERTS_D,
  },
  {
    what: "a client certificate is there",
    wantsClient: true,
    home: ({ root, client }) => ({
      [`${OWN}/HOST/ca.crt`]: root.cert,
      [`${OWN}/HOST/client.cert`]: client.cert,
      [`${OWN}/HOST/client.key`]: client.key,
    }),
    code: null,
    source: CERTS_D,
  },
  {
    what: "a client certificate is missing",
    wantsClient: true,
    home: ({ root }) => ({ [`${OWN}/HOST/ca.crt`]: root.cert }),
    code: "client-certificate",
    source: CERTS_D,
  },
  {
    what: "a client certificate has no key",
    home: ({ root, client }) => ({ [`${OWN}/HOST/ca.crt`]: root.cert, [`${OWN}/HOST/client.cert`]: client.cert }),
    code: "certs-folder",
    source: CERTS_D,
  },
  {
    what: "a key has no certificate",
    home: ({ root, client }) => ({ [`${OWN}/HOST/ca.crt`]: root.cert, [`${OWN}/HOST/client.key`]: client.key }),
    code: "certs-folder",
    source: CERTS_D,
  },
  {
    what: "a client certificate has the key of another",
    home: ({ root, client, other }) => ({
      [`${OWN}/HOST/ca.crt`]: root.cert,
      [`${OWN}/HOST/client.cert`]: client.cert,
      [`${OWN}/HOST/client.key`]: other.key,
    }),
    code: "certs-folder",
    source: CERTS_D,
  },
  {
    what: "the server sends its intermediate",
    chain: ({ below, intermediate }) => ({ key: below.key, cert: below.cert + intermediate.cert }),
    file: ({ root }) => root.cert,
    code: null,
    source: GO,
  },
  {
    what: "the server leaves its intermediate out",
    chain: ({ below }) => below,
    file: ({ root }) => root.cert,
    code: "certificate-incomplete",
    source: GO,
  },
  {
    what: "the server leaves its intermediate out, which certs.d has",
    chain: ({ below }) => below,
    file: ({ root }) => root.cert,
    home: ({ intermediate }) => ({ [`${OWN}/HOST/ca.crt`]: intermediate.cert }),
    code: null,
    source: GO,
  },
  {
    what: "a certificate has a common name alone",
    chain: ({ nameless }) => nameless,
    file: ({ root }) => root.cert,
    code: "certificate-no-names",
    source: "Go 1.15's release notes: crypto/x509 ignores the common name",
  },
];
