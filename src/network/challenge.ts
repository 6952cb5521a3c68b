/** One challenge of a WWW-Authenticate header; scheme and parameter names are lower-case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
// Sticky, so that each match starts where the last one ended and nothing is skipped.
const SCHEME = new RegExp(`[\\s,]*(${TOKEN})(?=[\\s,]|$)(?!\\s*=)`, "y");
const PARAM = new RegExp(`[\\s,]*(${TOKEN})\\s*=\\s*(${QUOTED}|[^\\s",]+)`, "y");
// What has to be between two parameters.
const SEPARATOR = /\s*,/y;
const TOKEN68 = /\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;

/**
 * Parses WWW-Authenticate headers.
 *
 * Lenient where that is safe: parsing of a header stops at what is malformed, and what comes before it is returned. A
 * parameter without a comma after it is the last one, as for docker.
 * Source: RFC 9110 section 11.6.1; distribution/distribution `auth/challenge.parseValueAndParams`.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(header);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    const scheme = match(SCHEME)?.[1]?.toLowerCase();
    if (scheme === undefined) return challenges;
    const params: Record<string, string> = Object.create(null);
    let param = match(PARAM);
    let isOver = false;
    if (param === null) match(TOKEN68);
    while (param !== null) {
      const [, name = "", value = ""] = param;
      params[name.toLowerCase()] ??= value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
      isOver = match(SEPARATOR) === null;
      param = isOver ? null : match(PARAM);
    }
    challenges.push({ scheme, params: { ...params } });
    if (isOver) return challenges;
  }
}
