import { type Explanation, explain } from "../findings/finding.ts";
import type { ImageAnswer } from "../handshake/image.ts";
import type { Image } from "../registries/image.ts";
import { note, ok, type Step, wrong } from "./step.ts";

/** The user that the registry sees; null for an anonymous request. */
export type Who = string | null;

/**
 * The step for the response to a pull.
 * @param toPush whether the person wants to push the image: then it need not exist yet
 */
export function examinePull(image: Image, who: Who, answer: ImageAnswer, toPush: boolean): Step {
  const { status } = answer;
  if (image.registry.kind === "docker-hub" && /^0(?:;|$)/.test(String(answer.headers["ratelimit-remaining"] ?? ""))) {
    return wrong("pull", explain("hub-rate-limit", { limit: describeLimit(answer) ?? "none are left" }));
  }
  if (status >= 200 && status < 400)
    return ok("pull", describeRemaining(image, answer) ?? `${image.name} exists and may be pulled`);
  return (toPush && status === 404 ? note : wrong)("pull", explainPull(image, who, answer));
}

/**
 * The step for the response to a push.
 * @param needed whether the person wants to push; otherwise a rejection is only a note
 */
export function examinePush(image: Image, who: Who, answer: ImageAnswer, needed: boolean): Step {
  if (answer.status === 202)
    return ok("push", "may be pushed (a test upload was started and canceled; nothing was pushed)");
  return (needed ? wrong : note)("push", explainPush(image, who, answer));
}

function explainPull(image: Image, who: Who, answer: ImageAnswer): Explanation {
  const { name, registry } = image;
  const { status } = answer;
  const reports = has(answer);
  if (status === 429 || reports(/TOOMANYREQUESTS/)) {
    return registry.kind === "docker-hub"
      ? explain("hub-rate-limit", { limit: describeLimit(answer) ?? "429 Too Many Requests" })
      : explain("image-unanswered", { image: name, status });
  }
  const denied = status === 401 || status === 403 || reports(/DENIED|UNAUTHORIZED/);
  switch (registry.kind) {
    case "ecr":
      return explainEcr(image, answer) ?? explainPlain(image, who, answer);
    case "google":
      if (reports(/has not been used in project|is disabled|SERVICE_DISABLED/))
        return explain("google-api-disabled", { image: name });
      if (status === 404 && reports(/NAME_UNKNOWN|Repository .* not found/))
        return explain("google-location", { image: name, host: registry.host });
      return denied && who !== null
        ? explain("google-pull-denied", { user: who, image: name })
        : explainPlain(image, who, answer);
    case "acr":
      if (reports(/not allowed access/)) return explain("acr-firewall", { host: registry.host });
      return denied && who !== null
        ? explain("acr-pull-denied", { user: who, image: name })
        : explainPlain(image, who, answer);
    case "ghcr":
      return denied && who !== null
        ? explain("ghcr-pull-denied", { user: who, image: name })
        : explainPlain(image, who, answer);
    case "docker-hub":
      return denied && who !== null
        ? explain("hub-pull-denied", { user: who, image: name })
        : explainPlain(image, who, answer);
    default:
      return explainPlain(image, who, answer);
  }
}

function explainPlain({ name, registry }: Image, who: Who, answer: ImageAnswer): Explanation {
  const { status } = answer;
  const reports = has(answer);
  if (status === 401 || status === 403 || reports(/^DENIED/)) {
    return who === null
      ? explain("pull-anonymous", { image: name, host: registry.host })
      : explain("pull-denied", { user: who, image: name });
  }
  if (status === 404) {
    return reports(/NAME_UNKNOWN/) && who !== null
      ? explain("image-hidden", { image: name, user: who })
      : explain("image-missing", { image: name });
  }
  return explain("image-unanswered", { image: name, status });
}

/** AWS names the action that is not allowed, and the account of the resource. */
function explainEcr({ name, repository, registry }: Image, answer: ImageAnswer): Explanation | null {
  const { account, region } = registry;
  if (account === null || region === null) return null;
  if (has(answer)(/NAME_UNKNOWN|does not exist in the registry/)) {
    return explain("ecr-repository-missing", { account, region, repository });
  }
  const text = answer.errors.map(({ message }) => message).join(" ");
  const action = /not authorized to perform: (ecr:[A-Za-z]+)/.exec(text)?.[1];
  if (action === undefined && answer.status !== 403) return null;
  const caller = /arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):/.exec(text)?.[1];
  if ((caller !== undefined && caller !== account) || /no resource-based policy/.test(text)) {
    return explain("ecr-other-account", { image: name, account });
  }
  return explain("ecr-pull-denied", { action: action ?? answer.status, image: name, account, region });
}

function explainPush({ name, registry }: Image, who: Who, answer: ImageAnswer): Explanation {
  const { status } = answer;
  const user = who ?? "an anonymous user";
  if (status === 405 || has(answer)(/UNSUPPORTED/)) return explain("push-read-only", { image: name, status });
  if (registry.kind === "ghcr") return explain("ghcr-push-denied", { user, image: name });
  if (registry.kind === "ecr") return explain("ecr-push-denied", { image: name });
  if (status === 401 || status === 403 || status === 404) return explain("push-denied", { user, image: name });
  return explain("image-unanswered", { image: name, status });
}

/** Does one of the errors match in its code or its message? */
function has({ errors }: ImageAnswer): (pattern: RegExp) => boolean {
  return (pattern) => errors.some(({ code, message }) => pattern.test(code) || pattern.test(message));
}

/** Docker Hub returns with each manifest how many pulls are left. Source: https://docs.docker.com/docker-hub/usage/pulls/ */
function describeRemaining({ registry }: Image, answer: ImageAnswer): string | null {
  const limit = registry.kind === "docker-hub" ? describeLimit(answer) : null;
  return limit === null ? null : `it exists and may be pulled; ${limit}`;
}

function describeLimit({ headers }: ImageAnswer): string | null {
  const [left, all] = ["ratelimit-remaining", "ratelimit-limit"].map((name) =>
    /^([0-9]{1,9})(?:;w=([0-9]{1,9}))?/.exec(String(headers[name] ?? "")),
  );
  if (left?.[1] === undefined || all?.[1] === undefined) return null;
  const window = all[2] === undefined ? "" : ` in ${Math.round(Number(all[2]) / 3600)} h`;
  return `${left[1]} of ${all[1]} pulls${window} are left`;
}
