import { CATALOGUE, type Explanation, explain } from "../findings/finding.ts";
import { UserError } from "../findings/user-error.ts";
import type { Environment } from "../platform/environment.ts";
import { isLoopback } from "../registries/address.ts";
import { explainLookAlike } from "../registries/look-alike.ts";
import { parseRegistry, type Registry } from "../registries/registry.ts";
import { withoutDefaultPort } from "../registries/server.ts";
import { textsWithSecrets } from "../secrecy/redact.ts";
import { holdsAccessKey, holdsSecretAccessKey, isAccessKeyId, isSecretAccessKey } from "../secrecy/tokens.ts";
import { type MergedSources, mergeSources } from "./codespaces.ts";
import { githubRequests } from "./github.ts";
import { recognizeGithub } from "./github-server.ts";
import { gitlabRequests } from "./gitlab.ts";
import { keylessExchange, organizationOf } from "./keyless.ts";
import { secretsIn } from "./known-secrets.ts";
import type { Options } from "./options.ts";
import type { Discovery, ExchangeKind, LoginRequest, Rejected, Skipped } from "./request.ts";
import { byIdentifier, findSecretSets, type Parts, type SecretSet } from "./secret-sets.ts";
import { incomplete, isAws, skip } from "./skipped.ts";
import { findStrayVariables, findUnseenIdentifiers, suspectSet } from "./suspicions.ts";

/** The options that select login requests; see {@link Options}. */
export type DiscoverOptions = Pick<Options, "registries"> &
  Partial<Pick<Options, "identifiers" | "githubToken" | "googleTokens" | "npm">>;

/**
 * Finds login requests in environment, options and secrets files: the complete secret sets, with SERVER taken from the
 * option `registries` if the secret is missing, the variables of GitLab CI, and GITHUB_TOKEN. Uses no network and writes
 * nothing.
 * @param registries identifier (upper-case) -> SERVER text
 * @param codespaces the secrets file of a codespace, which overrides the environment
 */
export function discover(
  env: Environment,
  { registries, identifiers = new Set(), githubToken = "never", googleTokens = false, npm = false }: DiscoverOptions,
  codespaces: Environment = {},
): Discovery {
  const sources = mergeSources(env, codespaces, (identifier) => registries.has(identifier));
  const all = findSecretSets(sources.env);
  const wanted = ({ identifier }: { identifier: string }): boolean =>
    identifiers.size === 0 || identifiers.has(identifier);
  const sets = new Map(all.filter(wanted).map((set) => [set.identifier, set]));
  for (const identifier of registries.keys()) {
    if (!sets.has(identifier) && wanted({ identifier })) sets.set(identifier, { identifier, parts: {} });
  }
  for (const identifier of findUnseenIdentifiers(sources.env, new Set(all.map((set) => set.identifier)))) {
    if (!sets.has(identifier) && wanted({ identifier })) sets.set(identifier, { identifier, parts: {} });
  }
  const servers = [...all.flatMap(({ parts }) => parts.SERVER ?? []), ...registries.values()];
  const secretServers = textsWithSecrets(servers, [...secretsIn(env), ...secretsIn(codespaces)]);
  const hasFile = env.CODESPACES === "true" && Object.keys(codespaces).length > 0;
  const codespacesIdentifiers = hasFile
    ? new Set(findSecretSets(codespaces).map(({ identifier }) => identifier))
    : null;
  const requests: LoginRequest[] = [];
  const rejected: Rejected[] = [];
  const skipped: Skipped[] = [];
  const rivals: LoginRequest[] = [];
  const winners = new Map<string, string>();
  for (const set of [...sets.values()].sort(byIdentifier)) {
    const found = examine(set, registries.get(set.identifier), { sources, secretServers, googleTokens });
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
        skipped.push(skip(identifier, [], [rival], true));
        rivals.push(found);
      }
    }
  }
  for (const { identifier, finding, hasPassword } of findStrayVariables(sources.env)) {
    skipped.push(skip(identifier, [], [finding], !hasPassword));
  }
  // A secret set takes precedence over what a job or a codespace has anyway: somebody set it for this registry.
  const taken = new Set([...winners.keys(), ...rejected.map(({ host }) => host)]);
  for (const found of [...gitlabRequests(env), ...githubRequests(env, codespaces, githubToken, npm)].filter(wanted)) {
    if ("reason" in found) rejected.push(found);
    else if (!taken.has(found.registry.host)) requests.push(found);
  }
  requests.sort(byIdentifier);
  return { requests, rejected, skipped, rivals, codespacesIdentifiers };
}

/** What the examination of a set depends on besides the set. */
interface Surroundings {
  readonly sources: MergedSources;
  readonly secretServers: ReadonlySet<string>;
  readonly googleTokens: boolean;
}

/** @param mapped the SERVER text of the `registries` option */
function examine(
  set: SecretSet,
  mapped: string | undefined,
  { sources, secretServers, googleTokens }: Surroundings,
): LoginRequest | Rejected | Skipped {
  const { identifier, parts } = set;
  const serverText = parts.SERVER ?? mapped;
  const complete = parts.USER !== undefined && parts.PASSWORD !== undefined;
  // An entry of the option without any secret requests the identity of the machine itself, which only some clouds offer. At
  // Docker Hub, the user may be given: it is the organization.
  const keyless = parts.PASSWORD === undefined && mapped !== undefined;
  if (serverText === undefined || !(complete || keyless)) return incomplete(set, mapped, sources);
  let registry: Registry | undefined;
  try {
    // Before it is shown in messages or looked up in DNS.
    if (secretServers.has(serverText)) throw new UserError(explain("server-is-password", { identifier }));
    checkNotExchanged(identifier, serverText, parts.PASSWORD);
    const parsed = recognizeGithub(parseRegistry(serverText), sources.env);
    // It may be a password, so it is neither shown nor saved.
    if (!hasFullName(parsed)) throw new UserError(explain("server-short"));
    registry = parsed;
    const lookAlike = explainLookAlike(registry);
    if (lookAlike !== null) throw new UserError(lookAlike);
    const exchange = keyless ? keylessExchange(registry, parts.USER, sources.env) : exchangeOf(registry, parts.USER);
    if (keyless && exchange === null) return incomplete(set, mapped, sources);
    if (parts.SERVER !== undefined && mapped !== undefined) checkSameHost(identifier, registry, parseRegistry(mapped));
    checkUser(identifier, parts.USER);
    checkAwsKeys(identifier, parts, registry);
    return {
      identifier,
      source: parts.SERVER === undefined ? "option" : sources.isFromFile(identifier) ? "codespaces" : "environment",
      registry,
      user: exchange === "docker-oidc" ? organizationOf(parts.USER, sources.env) : (parts.USER ?? null),
      password: parts.PASSWORD ?? null,
      sessionToken: parts.SESSION_TOKEN ?? sharedSessionToken(sources.env, parts.USER),
      exchange: exchange === null && googleTokens && isGoogleKey(registry, parts.USER) ? "google-key" : exchange,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message: reason, hint } = likelierCause(error, sources.env, identifier);
    return { identifier, host: registry?.host ?? null, kind: registry?.kind ?? null, code, reason, hint };
  }
}

/** What looks wrong with the text of a server or user explains best why it is not valid. */
function likelierCause(error: UserError, env: Environment, identifier: string): Explanation {
  const isServer = Object.hasOwn(CATALOGUE.server, error.code);
  if (!isServer && error.code !== "user-characters") return error;
  const suspect = isServer ? "SERVER" : "USER";
  return suspectSet(env, identifier).find(({ part }) => part === suspect)?.finding ?? error;
}

/** A server and a password in each other's place: the password would be shown, and looked up in DNS. */
function checkNotExchanged(identifier: string, server: string, password: string | undefined): void {
  const other = password === undefined ? null : tryParse(password);
  if (other === null || !hasFullName(other)) return;
  const named = tryParse(server);
  const isHost = named !== null && hasFullName(named);
  if (isHost && (other.kind === "generic" || other.kind === named.kind)) return;
  throw new UserError(explain("server-password-swapped", { identifier }));
}

function tryParse(server: string): Registry | null {
  try {
    return parseRegistry(server);
  } catch {
    return null;
  }
}

function hasFullName({ host }: Registry): boolean {
  return /[.:]/.test(host) || isLoopback(host);
}

function checkSameHost(identifier: string, secret: Registry, option: Registry): void {
  if (withoutDefaultPort(secret.host) === withoutDefaultPort(option.host)) return;
  throw new UserError(explain("server-contradiction", { identifier, secret: secret.host, option: option.host }));
}

function checkUser(identifier: string, user: string | undefined): void {
  if (user === undefined || !/[\p{Cc}:]/u.test(user)) return;
  throw new UserError(explain("user-characters", { identifier }));
}

/**
 * The secret of an AWS access key never goes anywhere: it signs requests to AWS. So a key pair is only used with a registry
 * of AWS, and in its right order: the access key ID is not secret, and is sent.
 */
function checkAwsKeys(identifier: string, { USER = "", PASSWORD = "" }: Parts, registry: Registry): void {
  if (!isAws(registry)) {
    if (holdsAccessKey(USER, PASSWORD)) {
      throw new UserError(explain("aws-keys-elsewhere", registry));
    }
  } else if (isAccessKeyId(PASSWORD)) {
    throw new UserError(explain("aws-keys-swapped", { identifier }));
  } else if (holdsSecretAccessKey(USER)) {
    throw new UserError(explain("aws-user-is-secret", { identifier }));
  } else if (USER === AWS_USER && (isSecretAccessKey(PASSWORD) || holdsAccessKey(USER, PASSWORD))) {
    throw new UserError(explain("aws-token-is-key", { identifier }));
  }
}

/** The user name with which the password is already a token of AWS. */
const AWS_USER = "AWS";

/** The session token in AWS's own variables, if the access key there is this user. */
function sharedSessionToken(env: Environment, user: string | undefined): string | null {
  return user !== undefined && env.AWS_ACCESS_KEY_ID === user ? (env.AWS_SESSION_TOKEN ?? null) || null : null;
}

function exchangeOf(registry: Registry, user: string | undefined): ExchangeKind {
  return isAws(registry) && user !== AWS_USER ? "aws-keys" : null;
}

function isGoogleKey({ kind }: Registry, user: string | undefined): boolean {
  return kind === "google" && (user === "_json_key" || user === "_json_key_base64");
}
