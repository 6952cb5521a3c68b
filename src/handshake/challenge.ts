/** One challenge of a WWW-Authenticate header; scheme and parameter names are lower-case. */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const QUOTED = '"(?:[^"\\\\]|\\\\.)*"';
// Sticky, so that each match continues where the last one ended and nothing is skipped over.
const SCHEME = new RegExp(`[\\s,]*(${TOKEN})(?=[\\s,]|$)(?!\\s*=)`, "y");
const PARAM = new RegExp(`[\\s,]*(${TOKEN})\\s*=\\s*(${QUOTED}|[^\\s",]+)(?=\\s*(?:,|$))`, "y");
const TOKEN68 = /\s+[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y;

/**
 * Parses WWW-Authenticate headers.
 *
 * Lenient where that is safe: a malformed rest ends the reading of its header, and what was read before it counts.
 * Source: RFC 9110 section 11.6.1.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader);
}

function parseHeader(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    const scheme = take(SCHEME)?.[1]?.toLowerCase();
    if (scheme === undefined) return challenges;
    const params: Record<string, string> = Object.create(null);
    let param = take(PARAM);
    if (param === null) take(TOKEN68);
    while (param !== null) {
      const [, name = "", value = ""] = param;
      params[name.toLowerCase()] ??= value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
      param = take(PARAM);
    }
    challenges.push({ scheme, params: { ...params } });
  }
}
