import type { Discovery, LoginRequest, Rejected, Skipped } from "../discovery/request.ts";
import { byIdentifier } from "../discovery/secret-sets.ts";
import { type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { type Image, parseImage } from "../registries/image.ts";
import { parseNamedRegistry, parseRegistry, type Registry } from "../registries/registry.ts";
import { withoutDefaultPort } from "../registries/server.ts";
import { storedLogins } from "../store/known-logins.ts";
import type { Registration } from "../store/state.ts";
import type { Store } from "../store/store.ts";

/** What the doctor examines: a login, or a host or image that a person named. */
export interface Subject {
  readonly identifier: string | null;
  /** The report's heading: the image, the host, or what a person wrote. */
  readonly title: string;
  readonly registry: Registry | null;
  readonly image: Image | null;
  readonly request: LoginRequest | null;
  /** Complete secret sets for the same host that are not used. */
  readonly rivals: readonly LoginRequest[];
  readonly rejected: Rejected | null;
  readonly skipped: Skipped | null;
  /** The record of an earlier login to it. */
  readonly registered: Registration | null;
  /** The text that a person wrote is neither a host nor an image. */
  readonly problem: Explanation | null;
}

const NONE = {
  identifier: null,
  image: null,
  request: null,
  rivals: [],
  rejected: null,
  skipped: null,
  registered: null,
  problem: null,
};

/**
 * The subjects that a person named; without any, every login that is known here, complete or not.
 * @param servers the option `registries`: identifier -> SERVER text
 */
export function chooseSubjects(
  targets: readonly string[],
  discovery: Discovery,
  store: Store,
  env: Environment,
  servers: ReadonlyMap<string, string>,
): Subject[] {
  const known = findKnown(discovery, store, env, servers);
  if (targets.length === 0) return known;
  const chosen = targets.map((target): Subject => {
    const parsed = parseTarget(target, new Set(known.flatMap(({ registry }) => registry?.host ?? [])));
    if ("code" in parsed) return { ...NONE, title: shown(target), registry: null, problem: parsed };
    const { registry, image } = parsed;
    const title = image?.name ?? registry.named;
    const found =
      known.find((each) => each.registry?.host === registry.host && each.request !== null) ??
      known.find((each) => each.registry?.host === registry.host);
    return found === undefined ? { ...NONE, title, registry, image } : { ...found, title, registry, image };
  });
  // A target without a login may belong to one of the sets without a valid host.
  const someUnknown = chosen.some(({ identifier, problem }) => identifier === null && problem === null);
  return someUnknown ? [...chosen, ...known.filter(({ registry }) => registry === null)] : chosen;
}

/** Does it contain a user, and maybe a password? In an image, a digest follows the @. */
function hasUser(target: string): boolean {
  return /@(?![A-Za-z][A-Za-z0-9+._-]*:[0-9a-fA-F]{32,}$)/.test(target.trim());
}

/** What a person wrote, never truncated: the redactor finds a secret only as a whole. */
function shown(target: string): string {
  if (hasUser(target)) return "(an address with a user)";
  return target.length > 200 ? `(a text of ${target.length} characters)` : target;
}

function findKnown(
  { requests, rejected, skipped, rivals }: Discovery,
  store: Store,
  env: Environment,
  servers: ReadonlyMap<string, string>,
): Subject[] {
  const registered = store.registrations;
  const byHost = (host: string | null): Registration | null => registered.find((each) => each.host === host) ?? null;
  // A shell without secrets is normal: there the saved login is what counts.
  const saved = new Set(registered.flatMap(({ identifier, failure }) => (failure === undefined ? identifier : [])));
  const subjects: Subject[] = [
    ...requests.map((request) => ({
      ...NONE,
      identifier: request.identifier,
      title: request.registry.host,
      registry: request.registry,
      request,
      rivals: rivals.filter(({ registry }) => registry.host === request.registry.host),
      registered: byHost(request.registry.host),
    })),
    ...rejected.map((each) => {
      const registry = each.host === null ? null : parseRegistry(each.host);
      return { ...NONE, identifier: each.identifier, title: each.host ?? each.identifier, registry, rejected: each };
    }),
    ...skipped.flatMap((each) => {
      if (saved.has(each.identifier)) return [];
      const registry = serverOf(env, each.identifier, servers);
      return {
        ...NONE,
        identifier: each.identifier,
        title: registry?.host ?? each.identifier,
        registry,
        skipped: each,
      };
    }),
  ];
  const hosts = new Set(subjects.map(({ registry }) => registry?.host));
  const stored = storedLogins(store).map(({ entry }) => entry);
  for (const { host, identifier } of [...registered, ...stored]) {
    if (hosts.has(host)) continue;
    hosts.add(host);
    subjects.push({ ...NONE, identifier, title: host, registry: parseRegistry(host), registered: byHost(host) });
  }
  return subjects.sort((a, b) => byIdentifier({ identifier: a.identifier ?? "" }, { identifier: b.identifier ?? "" }));
}

function serverOf(env: Environment, identifier: string, servers: ReadonlyMap<string, string>): Registry | null {
  const name = Object.keys(env).find((each) => each.toUpperCase() === `${identifier}_CONTAINER_REGISTRY_SERVER`);
  try {
    return parseRegistry(env[name ?? ""] || (servers.get(identifier) ?? ""));
  } catch {
    return null;
  }
}

/** A host without an image: clients have no name of an image to look its port up under. */
function parseHost(text: string): Registry {
  const registry = parseNamedRegistry(text);
  return withoutDefaultPort(registry.named.toLowerCase()) === registry.host ? parseRegistry(text) : registry;
}

/** A word without a slash is a host if it looks like one; `name:5000` is an image unless such a host is known. */
function parseTarget(
  target: string,
  known: ReadonlySet<string>,
): { registry: Registry; image: Image | null } | Explanation {
  if (hasUser(target)) return explain("server-user");
  const text = target.trim().replace(/^docker:\/\//, "");
  try {
    const bare = text.replace(/^https?:\/\//, "").replace(/\/$/, "");
    const isUrl = bare !== text && !bare.includes("/");
    const isHost =
      !bare.includes("/") &&
      (/^[^:@]*\.[^:@]*(?::[0-9]+)?$|^localhost(?::[0-9]+)?$|^\[/i.test(bare) || known.has(bare));
    if (isUrl || isHost) return { registry: parseHost(text), image: null };
    const image = parseImage(bare);
    return { registry: image.registry, image };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
