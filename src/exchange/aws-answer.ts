import { type Explanation, explain } from "../findings/finding.ts";
import type { Answer } from "../network/http.ts";
import { parseJson } from "../platform/json.ts";

/**
 * An answer that is not AWS's own: of a proxy, a firewall, a sign-in page of a network. The SDK repeats the request if the
 * status says that this may help.
 */
export class ForeignAnswer extends Error {
  /** `host[:port]` that the request was sent to. */
  readonly host: string;
  readonly finding: Explanation;
  /** How the SDK recognizes an error after which it tries again. */
  readonly $retryable?: object;

  constructor(host: string, finding: Explanation, status: number) {
    super();
    if (status === 429 || status >= 500) this.$retryable = {};
    this.name = "ForeignAnswer";
    this.host = host;
    this.finding = finding;
  }
}

/**
 * Is an answer AWS's own? Its services answer with a request id, and with JSON or XML that has an error's name; what stands
 * between here and AWS does not.
 * @param host `host[:port]` that the request was sent to
 * @returns null for AWS's own, or who else has answered
 * Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/CommonErrors.html; smithy.io/2.0/aws/protocols
 *   (awsJson1_1, awsQuery, restJson1)
 */
export function findForeignAnswer(answer: Answer, host: string): Explanation | null {
  const { status, headers } = answer;
  if (status === 407) return explain("proxy-login", { host, proxy: "" });
  if (status >= 300 && status < 400) {
    return explain("aws-not-asked", { host, who: `a redirect to ${targetOf(headers.location)}` });
  }
  if (/html/i.test(headers["content-type"] ?? "")) {
    return explain("aws-not-asked", { host, who: `a web page (status ${status})` });
  }
  if (isText(headers["x-amzn-requestid"])) return null;
  const isOwn = status < 300 ? isDocument(answer.body) : hasErrorName(answer);
  return isOwn ? null : explain("aws-not-asked", { host, who: `something else (status ${status})` });
}

function isText(value: string | string[] | undefined): boolean {
  return typeof value === "string" && value !== "";
}

function isDocument(body: string): boolean {
  return typeof parseJson(body) === "object" || /^\s*<(?:\?xml|[A-Za-z]+Response)\b/.test(body);
}

function hasErrorName({ headers, body }: Answer): boolean {
  if (isText(headers["x-amzn-errortype"])) return true;
  const value = parseJson(body);
  if (typeof value === "object" && value !== null) {
    return ["__type", "code", "Code"].some((name) => typeof (value as Record<string, unknown>)[name] === "string");
  }
  return /<ErrorResponse\b/.test(body) && body.includes("<Code>");
}

/** Where a redirect leads, without a path or a query. */
function targetOf(location = ""): string {
  return URL.canParse(location) ? new URL(location).origin : "a different page";
}
