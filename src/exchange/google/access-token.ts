import { explain } from "../../findings/finding.ts";
import { lifeOf, type Reply, textOf, type World } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";

/** An access token, and how many seconds it is valid from now. */
export interface AccessToken {
  readonly secret: string;
  readonly lifeSeconds: number;
}

/** The scope that every way to a token asks for; the rights of an identity are those of its roles. */
export const SCOPE = "https://www.googleapis.com/auth/cloud-platform";

/** What the ways to a token that a file names have in common. */
export interface GoogleWay {
  readonly world: World;
  /** The file, or the variable with its content, for messages. */
  readonly file: string;
  /** The domain of the cloud's API, like `googleapis.com`. */
  readonly universe: string;
}

/** The token in a good answer. */
export function accessTokenIn({ json }: Reply, where: string): AccessToken {
  const secret = textOf(json.access_token);
  if (secret === "") throw new ExchangeError("failed", explain("identity-no-token", { where }));
  return { secret, lifeSeconds: lifeOf(json.expires_in) };
}

/**
 * An address that a file names for something secret. Whoever writes such a file could otherwise get what it leads to.
 * @throws ExchangeError where it is not an https address of the cloud's own API
 * Source: https://cloud.google.com/docs/authentication/external/externally-sourced-credentials
 */
export function googleAddress(text: string, field: string, { file, universe }: GoogleWay): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isOwn =
    url !== null &&
    url.protocol === "https:" &&
    url.port === "" &&
    url.username + url.password === "" &&
    url.hostname.endsWith(`.${universe}`);
  if (isOwn) return url;
  const address = url === null ? "an invalid address" : url.host;
  throw new ExchangeError("failed", explain("google-address-foreign", { file, field, address, universe }));
}
