import { explain, messageOf } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { isLoopback } from "../registries/address.ts";
import { explainLookAlike } from "../registries/look-alike.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { type MergedSources, mergeSources } from "./codespaces.ts";
import { githubRequests } from "./github.ts";
import type { Options } from "./options.ts";
import type { Discovery, ExchangeKind, LoginRequest, Rejected, Skipped } from "./request.ts";
import { byIdentifier, findSecretSets, looksLikeToken, type SecretSet } from "./secret-sets.ts";

/** The options that select login requests; see {@link Options}. */
export type DiscoverOptions = Pick<Options, "registries"> &
  Partial<Pick<Options, "identifiers" | "githubToken" | "npm">>;

/**
 * Finds login requests in environment, options and secrets files: the complete secret sets, with SERVER taken from the
 * option `registries` if the secret is missing, and GITHUB_TOKEN. Uses no network and writes nothing.
 * @param registries identifier (upper-case) -> SERVER text
 * @param codespaces the secrets file of a codespace, which overrides the environment
 */
export function discover(
  env: Environment,
  { registries, identifiers = new Set(), githubToken = "never", npm = false }: DiscoverOptions,
  codespaces: Environment = {},
): Discovery {
  const sources = mergeSources(env, codespaces, (identifier) => registries.has(identifier));
  const all = findSecretSets(sources.env);
  const wanted = ({ identifier }: { identifier: string }): boolean =>
    identifiers.size === 0 || identifiers.has(identifier);
  const sets = new Map(all.filter(wanted).map((set) => [set.identifier, set]));
  for (const identifier of registries.keys()) {
    if (!sets.has(identifier) && wanted({ identifier }))
      sets.set(identifier, { identifier, parts: {}, nearMisses: {} });
  }
  const passwords = all.flatMap(({ parts }) => parts.PASSWORD ?? []);
  const hasFile = env.CODESPACES === "true" && Object.keys(codespaces).length > 0;
  const codespacesIdentifiers = hasFile
    ? new Set(findSecretSets(codespaces).map(({ identifier }) => identifier))
    : null;
  const requests: LoginRequest[] = [];
  const rejected: Rejected[] = [];
  const skipped: Skipped[] = [];
  const winners = new Map<string, string>();
  for (const set of [...sets.values()].sort(byIdentifier)) {
    const found = examine(set, registries.get(set.identifier), { sources, passwords });
    if ("missing" in found) skipped.push(found);
    else if ("reason" in found) rejected.push(found);
    else {
      const winner = winners.get(found.registry.host);
      if (winner === undefined) {
        winners.set(found.registry.host, found.identifier);
        requests.push(found);
      } else {
        const { identifier, registry } = found;
        const rival = explain("host-twice", { identifier, winner, host: registry.host });
        skipped.push({ identifier, missing: [], reason: `${rival.message}; ${rival.hint}`, rival });
      }
    }
  }
  for (const request of githubRequests(env, codespaces, githubToken, npm).filter(wanted)) {
    // A secret set takes precedence over the token: somebody set it for this registry.
    const taken = winners.has(request.registry.host) || rejected.some(({ host }) => host === request.registry.host);
    if (!taken) requests.push(request);
  }
  requests.sort(byIdentifier);
  const tokens = requests.flatMap(({ source, user, password, sessionToken }) =>
    [source === "github-token" ? password : null, sessionToken].flatMap((each) =>
      each === null ? [] : [{ user: user ?? "", password: each }],
    ),
  );
  const secrets = all.flatMap(({ parts: { USER: user = "", PASSWORD, SESSION_TOKEN } }) =>
    [PASSWORD, SESSION_TOKEN, looksLikeToken(user) ? user : undefined].flatMap((password) =>
      password === undefined ? [] : [{ user, password }],
    ),
  );
  return { requests, rejected, skipped, codespacesIdentifiers, secrets: [...secrets, ...tokens] };
}

/** @param mapped the SERVER text of the `registries` option */
function examine(
  set: SecretSet,
  mapped: string | undefined,
  { sources, passwords }: { sources: MergedSources; passwords: readonly string[] },
): LoginRequest | Rejected | Skipped {
  const { identifier, parts } = set;
  const serverText = parts.SERVER ?? mapped;
  const complete = parts.USER !== undefined && parts.PASSWORD !== undefined;
  // An entry of the option without any secret requests the identity of the machine itself, which only AWS offers.
  const keyless = parts.USER === undefined && parts.PASSWORD === undefined && mapped !== undefined;
  if (serverText === undefined || !(complete || keyless)) return incomplete(set, mapped, sources);
  let registry: Registry | undefined;
  try {
    checkNotPassword(identifier, serverText, passwords);
    registry = parseRegistry(serverText);
    checkFullName(registry);
    const lookAlike = explainLookAlike(registry);
    if (lookAlike !== null) throw new UserError(lookAlike);
    if (keyless && !isAws(registry)) return incomplete(set, mapped, sources);
    if (parts.SERVER !== undefined && mapped !== undefined) checkSameHost(identifier, registry, parseRegistry(mapped));
    checkUser(identifier, parts.USER);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message: reason, hint } = error;
    return { identifier, host: registry?.host ?? null, kind: registry?.kind ?? null, code, reason, hint };
  }
  return {
    identifier,
    source: parts.SERVER === undefined ? "option" : sources.isFromFile(identifier) ? "codespaces" : "environment",
    registry,
    user: parts.USER ?? null,
    password: parts.PASSWORD ?? null,
    sessionToken: parts.SESSION_TOKEN ?? sharedSessionToken(sources.env, parts.USER),
    exchange: exchangeOf(registry, parts.USER),
  };
}

/**
 * Rejects a server that is a password by mistake, before it is shown in messages or looked up in DNS.
 * A short password may be a part of a host name by chance.
 */
function checkNotPassword(identifier: string, server: string, passwords: readonly string[]): void {
  const text = server.trim().toLowerCase();
  const mixedUp = passwords
    .map((password) => password.trim().toLowerCase())
    .some((password) => password !== "" && (text === password || (password.length >= 8 && text.includes(password))));
  if (!mixedUp) return;
  throw new UserError(explain("server-is-password", { identifier }));
}

function checkFullName({ host }: Registry): void {
  if (/[.:]/.test(host) || isLoopback(host)) return;
  throw new UserError(explain("server-short", { host }));
}

function checkSameHost(identifier: string, secret: Registry, option: Registry): void {
  if (secret.host === option.host) return;
  throw new UserError(explain("server-contradiction", { identifier, secret: secret.host, option: option.host }));
}

function checkUser(identifier: string, user: string | undefined): void {
  if (user === undefined || !/[\p{Cc}:]/u.test(user)) return;
  throw new UserError(explain("user-characters", { identifier }));
}

function isAws(registry: Registry): boolean {
  return registry.kind === "ecr" || registry.kind === "ecr-public";
}

/** The session token in AWS's own variables, if the access key there is this user. */
function sharedSessionToken(env: Environment, user: string | undefined): string | null {
  return user !== undefined && env.AWS_ACCESS_KEY_ID === user ? (env.AWS_SESSION_TOKEN ?? null) || null : null;
}

function exchangeOf(registry: Registry, user: string | undefined): ExchangeKind {
  if (!isAws(registry)) return null;
  if (user === undefined) return "aws-chain";
  // With the user name AWS, the password is already a token.
  return user === "AWS" ? null : "aws-keys";
}

/** @param mapped the SERVER text of the `registries` option */
function incomplete(
  { identifier, parts, nearMisses }: SecretSet,
  mapped: string | undefined,
  { isLeftOut }: MergedSources,
): Skipped {
  const missing = (["SERVER", "USER", "PASSWORD"] as const).filter(
    (part) => parts[part] === undefined && (part !== "SERVER" || mapped === undefined),
  );
  const reasons = missing.flatMap((part) => {
    const [variable, found] = [`${identifier}_CONTAINER_REGISTRY_${part}`, nearMisses[part]];
    if (isLeftOut(variable)) return messageOf("secret-two-sources", { variable });
    const unset = messageOf("secret-missing", { variable });
    return found === undefined ? [unset] : [unset, messageOf("secret-misnamed", { variable, found })];
  });
  return { identifier, missing, reason: reasons.join("; ") };
}
