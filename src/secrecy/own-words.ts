import { CAUSES } from "../findings/cause.ts";
import { CATALOGUE } from "../findings/finding.ts";

/** What reports say besides the findings, and the words that stand for something in JSON. */
const REPORTS = `
  registry-login login logout status doctor plan completion help version registry registries secrets server network
  options pull push engine docker podman skopeo buildah npm error wrong note skipped true false null
  docker-credential-registry-login credential-helper unauthorized forbidden unexpected report these lines
  accepted accepts answers anyway automatically checked client clients complete could days entry find folder from further hours
  another installed job later logged login logs minutes moment next nothing pulls reaches read ready record reject resolves removed renewal renewed
  route saved shows still stored there through token trusts until uses valid verify would
  environment option codespaces github-token gitlab docker-login memory disk plaintext npmrc store native none
  verified unverified unchanged unreachable refused rejected failed ready shadowed expired gone
  docker-hub ghcr acr ecr ecr-public google generic aws-keys aws-chain google-adc google-key azure-identity docker-oidc
  credential stored-credential aws-token registry-token helper-line plaintext-login store-login npmrc-line bookkeeping
`;

/**
 * Is this one of the words that we print ourselves? A password that is one of them is not masked: the mask would show
 * which of them it is, and break what programs rely on (`"storage": "memory"`).
 * @param text in lower case
 */
export function isOwnWord(text: string): boolean {
  return ownWords().has(text);
}

let words: ReadonlySet<string> | undefined;

function ownWords(): ReadonlySet<string> {
  words ??= new Set(`${JSON.stringify([CATALOGUE, CAUSES])}${REPORTS}`.toLowerCase().match(/[a-z]+(?:-[a-z]+)*/g));
  return words;
}
