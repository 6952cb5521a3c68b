import { createHash, createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import { explain } from "../../findings/finding.ts";
import type { World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { signJwt } from "../jwt.ts";
import { readText } from "../read-text.ts";

const LIFE_SECONDS = 600;
const VARIABLE = "AZURE_CLIENT_CERTIFICATE_PATH";

/**
 * What proves that this machine has an application's certificate, with the thumbprint by which the sign-in service knows it.
 * @param file PEM with the certificate and its private key
 * @param address of the sign-in service that it is for
 * Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export function signedByCertificate(file: string, address: string, clientId: string, world: World): string {
  const content = readText(file);
  if ("problem" in content) {
    const values = { variable: VARIABLE, file, cause: content.problem };
    throw new ExchangeError("failed", explain("azure-file-unreadable", values));
  }
  const { key, chain } = parse(content.text, file, world.env.AZURE_CLIENT_CERTIFICATE_PASSWORD);
  const thumbprint = createHash("sha256")
    .update(chain[0]?.raw ?? "")
    .digest("base64url");
  const notBefore = Math.floor(world.now() / 1000);
  const claims = {
    aud: address,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    iat: notBefore,
    nbf: notBefore,
    exp: notBefore + LIFE_SECONDS,
  };
  return signJwt({ alg: "PS256", "x5t#S256": thumbprint }, claims, key);
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function parse(pem: string, file: string, passphrase?: string): { key: KeyObject; chain: readonly X509Certificate[] } {
  try {
    const key = createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) });
    const all = (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
    const own = all.filter((each) => each.checkPrivateKey(key));
    if (own.length > 0 && key.asymmetricKeyType === "rsa") return { key, chain: own };
  } catch {
    // Explained below; OpenSSL's error may quote the key.
  }
  throw new ExchangeError("failed", explain("azure-certificate-form", { file }));
}
