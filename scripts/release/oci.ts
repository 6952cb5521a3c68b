import { parseChallenges } from "../../src/network/challenge.ts";
import { basic } from "../../test/support/encoding.ts";

/** A repository of a registry, as somebody who is logged in, or as nobody. */
export interface Repository {
  /** `registry/repository` */
  readonly name: string;
  /** Its tags, in any order; none if the registry does not know it. */
  tags(): Promise<readonly string[]>;
  /** The manifest of a tag or digest; null where the registry has none, or denies it. */
  manifest(reference: string): Promise<Manifest | null>;
  /** Gives a manifest that the registry has another tag. */
  tag(manifest: Manifest, tag: string): Promise<void>;
  /** @throws Error when the registry does not hand it out */
  blob(digest: string): Promise<Buffer>;
}

export interface Manifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly text: string;
}

/** Which repository, and whose login. Without a login, requests are those of somebody unknown. */
export interface Access {
  /** `ghcr.io`, or `localhost:PORT`, which is asked without TLS, as the dev container CLI does. */
  readonly registry: string;
  readonly repository: string;
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** Source: https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md */
export function openRepository({ registry, repository, login }: Access): Repository {
  const base = `${/^localhost(:|$)/.test(registry) ? "http" : "https"}://${registry}/v2/${repository}`;
  let authorization: string | undefined;

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const send = (): Promise<Response> =>
      fetch(base + path, {
        ...init,
        headers: { ...init.headers, ...(authorization === undefined ? {} : { authorization }) },
      });
    const answer = await send();
    if (answer.status !== 401) return answer;
    authorization = await authorize(answer.headers.get("www-authenticate") ?? "", login);
    return authorization === undefined ? answer : await send();
  }

  return {
    name: `${registry}/${repository}`,
    tags: async () => {
      const answer = await ask("/tags/list?n=1000");
      if (!answer.ok) return [];
      return ((await answer.json()) as { tags: readonly string[] | null }).tags ?? [];
    },
    manifest: async (reference) => {
      const answer = await ask(`/manifests/${reference}`, { headers: { accept: MANIFEST } });
      if (!answer.ok) return null;
      const text = await answer.text();
      const { headers } = answer;
      return {
        digest: headers.get("docker-content-digest") ?? "",
        mediaType: headers.get("content-type") ?? MANIFEST,
        text,
      };
    },
    tag: async ({ mediaType, text }, tag) => {
      const init = { method: "PUT", body: text, headers: { "content-type": mediaType } };
      const { ok, status } = await ask(`/manifests/${tag}`, init);
      if (!ok) throw new Error(`${registry}/${repository} did not accept the tag ${tag}: status ${status}`);
    },
    blob: async (digest) => {
      const answer = await ask(`/blobs/${digest}`);
      if (!answer.ok) throw new Error(`${registry}/${repository} does not hand out ${digest}: ${answer.status}`);
      return Buffer.from(await answer.arrayBuffer());
    },
  };
}

/** What a registry accepts after its challenge; undefined where it has none that this login can meet. */
async function authorize(challenge: string, login: Access["login"]): Promise<string | undefined> {
  const [first] = parseChallenges([challenge]);
  const own = login === undefined ? undefined : basic(login.user, login.password);
  if (first?.scheme === "basic") return own;
  if (first?.scheme !== "bearer" || first.params.realm === undefined) return undefined;
  const url = new URL(first.params.realm);
  for (const name of ["service", "scope"]) {
    const value = first.params[name];
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const answer = await fetch(url, own === undefined ? {} : { headers: { authorization: own } });
  if (!answer.ok) return undefined;
  const { token, access_token: other } = (await answer.json()) as { token?: string; access_token?: string };
  return `Bearer ${token ?? other}`;
}
