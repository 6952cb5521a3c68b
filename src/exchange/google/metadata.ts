import { cause } from "../../findings/cause.ts";
import { explain } from "../../findings/finding.ts";
import type { Answer } from "../../network/http.ts";
import { lifeOf, objectOf, textOf, type World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";
import { askMetadata } from "../metadata.ts";
import type { Source } from "../sources.ts";
import type { AccessToken } from "./access-token.ts";

const LIMIT_MS = 3000;
const HEADER = "metadata-flavor";
const ACCOUNT = "instance/service-accounts/default";

/** Scopes with which a registry's images can be read. */
const ENOUGH = /\/auth\/(?:cloud-platform(?:\.read-only)?|devstorage\.\w+)$/;

/**
 * The service account of the machine: a virtual machine, a workstation, or a pod with workload identity.
 * Source: https://cloud.google.com/compute/docs/metadata/querying-metadata
 */
export function findOnMachine(world: World, universe: string): Source<AccessToken> {
  return {
    name: "metadata server",
    find: async () => {
      if (world.env.METADATA_SERVER_DETECTION?.trim().toLowerCase() === "none") {
        return cause("variable-forbids", { variable: "METADATA_SERVER_DETECTION" });
      }
      const token = await ask(world, `${ACCOUNT}/token`);
      if (typeof token === "string") return token;
      if (token.headers[HEADER] !== "Google") return cause("metadata-foreign", { cloud: "Google" });
      const found = readToken(token);
      await checkUniverse(world, universe);
      await checkScopes(world);
      return { found };
    },
  };
}

function ask(world: World, path: string): Promise<Answer | string> {
  const host = world.env.GCE_METADATA_IP || world.env.GCE_METADATA_HOST || "169.254.169.254";
  const text = `http://${host}/computeMetadata/v1/${path}`;
  if (!URL.canParse(text)) return Promise.resolve(cause("metadata-address", { variable: "GCE_METADATA_HOST" }));
  return askMetadata(world, new URL(text), {
    headers: { [HEADER]: "Google" },
    limitMs: LIMIT_MS,
    // That of a pod starts with the node.
    startsLate: true,
    // The server of a pod answers so for some seconds after the pod has started.
    isEarly: ({ status, body }) => status === 429 || (status >= 500 && !isDenied(body)),
  });
}

/** Kubernetes Engine answers with what its IAM said. */
function isDenied(body: string): boolean {
  return /IAM returned 403|iam\.serviceAccounts\.getAccessToken|PERMISSION_DENIED/.test(body);
}

function readToken({ status, body }: Answer): AccessToken {
  if (isDenied(body)) throw new ExchangeError("refused", explain("google-workload-identity-denied"));
  if (status === 404) throw new ExchangeError("failed", explain("google-machine-without-account"));
  const where = "Google's metadata server";
  if (status !== 200) {
    const busy = status === 429 || status >= 500;
    const code = busy ? "identity-busy" : "identity-unknown";
    throw new ExchangeError(busy ? "unreachable" : "failed", explain(code, { where, error: `status ${status}` }));
  }
  const { access_token, expires_in } = objectOf(body);
  const secret = textOf(access_token);
  if (secret === "") throw new ExchangeError("failed", explain("identity-no-token", { where }));
  return { secret, lifeSeconds: lifeOf(expires_in) };
}

/** A machine of a different universe: its token must not reach this one's registries. */
async function checkUniverse(world: World, universe: string): Promise<void> {
  const answer = await ask(world, "universe/universe-domain");
  const text = typeof answer === "string" || answer.status !== 200 ? "" : answer.body.trim();
  const own = text || "googleapis.com";
  if (own === universe) return;
  throw new ExchangeError("failed", explain("google-universe", { file: "the metadata server", own, universe }));
}

/** The scopes of a virtual machine are fixed when it is made, and limit what the roles of its account allow. */
async function checkScopes(world: World): Promise<void> {
  const answer = await ask(world, `${ACCOUNT}/scopes`);
  if (typeof answer === "string" || answer.status !== 200) return;
  const scopes = answer.body.split(/\s+/).filter((each) => each !== "");
  if (scopes.length === 0 || scopes.some((each) => ENOUGH.test(each))) return;
  throw new ExchangeError("failed", explain("google-machine-scopes"));
}
