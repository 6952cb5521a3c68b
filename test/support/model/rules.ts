import {
  type Credential,
  HOST_OF,
  HOSTS,
  type HostName,
  IDENTIFIERS,
  type Identifier,
  isEqual,
  type Model,
  type Reported,
  type Rule,
  type Saved,
  type SecretSet,
} from "./model.ts";
import { answerOf, isOverridden, servedFor } from "./questions.ts";

/** A run of `registry-login`, or of the hook (`--if-changed`), that sees these sets in its environment. */
export function logIn(
  model: Model,
  environment: readonly SecretSet[],
  { hook }: { hook: boolean },
): { reported: Map<HostName, Reported>; removed: Identifier[] } {
  const reported = new Map<HostName, Reported>();
  const removed: Identifier[] = [];
  const offers = offersOf(model, environment);
  for (const host of HOSTS) {
    const saved = model.saved.get(host);
    // Two identifiers for one host: the first one in alphabetical order is used.
    const offer = offers.find(({ credential }) => HOST_OF[credential.account] === host);
    const isGone = saved !== undefined && isRevoked(model, saved);
    if (offer !== undefined) reported.set(host, settle(model, host, offer, hook));
    else if (isGone) model.saved.delete(host);
    else if (saved !== undefined) {
      // Absence removes nothing.
      const [rule, report] = RETAINED[saved.state];
      use(model, rule);
      reported.set(host, report);
    }
    const left = model.saved.get(host);
    if (isGone && !(left?.state === "in use" && left.credential.account === saved.credential.account)) {
      use(model, "not in the secrets file of the codespace: removed");
      removed.push(saved.credential.account);
    }
    const isHandedOver = offers.some(({ credential }) => credential.account === left?.credential.account);
    if (left !== undefined && hook) model.saved.set(host, { ...left, absent: !isHandedOver });
  }
  for (const host of HOSTS) {
    updateLine(model, host);
    const report = reported.get(host);
    // The report may have more to say where clients use another login.
    if (report !== undefined && isOverridden(model, host)) reported.set(host, { outcome: report.outcome });
  }
  return { reported, removed };
}

const RETAINED: Readonly<Record<Saved["state"], readonly [Rule, Reported]>> = {
  "in use": ["absent: the one in use stays", { outcome: "unchanged", code: null }],
  lost: ["absent: the lost one is remembered", { outcome: "failed", code: "vault-gone" }],
  rejected: ["absent: the rejected one is remembered", { outcome: "refused" }],
};

interface Offer {
  readonly credential: Credential;
  readonly source: Saved["source"];
}

/** The complete sets, in alphabetical order; those of the codespace's file instead of those of the environment. */
function offersOf({ file }: Model, environment: readonly SecretSet[]): Offer[] {
  return IDENTIFIERS.flatMap((account): Offer[] => {
    const newer = file?.get(account);
    if (newer !== undefined) return [{ credential: { account, password: newer }, source: "codespaces" }];
    const password = environment.find(({ identifier }) => identifier === account)?.password ?? null;
    return password === null ? [] : [{ credential: { account, password }, source: "environment" }];
  });
}

/** The file of a codespace is the list of what the codespace may have. */
function isRevoked({ file }: Model, { source, credential }: Saved): boolean {
  return source === "codespaces" && file !== null && !file.has(credential.account);
}

/** A new credential for a host: a worse one never replaces a better one. */
function settle(model: Model, host: HostName, { credential, source }: Offer, hook: boolean): Reported {
  const saved = model.saved.get(host);
  const inUse = saved?.state === "in use" ? saved : undefined;
  const isSame = inUse !== undefined && isEqual(inUse.credential, credential);
  // What is removed anyway does not stay because another one is worse.
  const rival = inUse === undefined || isSame || isRevoked(model, inUse) ? undefined : inUse;
  const become = (state: Saved["state"], verified: boolean): void => {
    model.saved.set(host, { credential, source, state, verified, absent: false });
  };
  if (hook && isSame && inUse.verified) {
    use(model, "verified before: a hook does not ask again");
    become("in use", true);
    return { outcome: "unchanged", code: null };
  }
  switch (answerOf(model, credential)) {
    case "accepted":
      use(
        model,
        inUse === undefined ? "accepted: saved" : isSame ? "accepted again: stays" : "accepted: replaces another one",
      );
      become("in use", true);
      return { outcome: isSame && inUse.verified ? "unchanged" : "verified" };
    case "unchecked":
      if (rival?.verified === true) {
        use(model, "unchecked: the verified one stays");
        return { outcome: "unchanged", code: "new-login-unchecked" };
      }
      use(model, isSame ? "unchecked: the same one stays" : "unchecked: saved anyway");
      become("in use", isSame && inUse.verified);
      return { outcome: "unreachable" };
    case "rejected":
      if (rival !== undefined && answerOf(model, rival.credential) === "accepted") {
        use(model, "rejected: the accepted one stays");
        return { outcome: "unchanged", code: "new-login-rejected" };
      }
      use(model, "rejected: none is served");
      become("rejected", false);
      return { outcome: "refused" };
  }
}

/** A login that docker's file held before stays in use, except in a codespace, which writes such logins itself. */
function updateLine(model: Model, host: HostName): void {
  const served = servedFor(model, host);
  const inFile = model.inFile.get(host);
  const isOther = inFile !== undefined && (served === null || !isEqual(inFile, served));
  const isWanted = served === null ? model.saved.has(host) && !isOther : !isOther || model.file !== null;
  if (isWanted) model.helperLines.add(host);
  else model.helperLines.delete(host);
}

/** A restart of the container: what was in memory is lost, and that is remembered. */
export function restart(model: Model): void {
  if (model.storage === "disk") return;
  model.stored.clear();
  for (const [host, saved] of model.saved) {
    if (saved.state === "in use") model.saved.set(host, { ...saved, state: "lost" });
  }
}

/** `registry-login logout HOST` removes what was added for a host, also what our helper stored for `docker login`. */
export function logOut(model: Model, host: HostName): void {
  model.saved.delete(host);
  model.stored.delete(host);
  model.helperLines.delete(host);
}

/** `docker login` with the account's password. One that our helper stores is used until `docker logout`. */
export function dockerLogin(model: Model, account: Identifier): void {
  const host = HOST_OF[account];
  const credential = { account, password: model.accepted[account] };
  if (!model.helperLines.has(host)) {
    model.inFile.set(host, credential);
    return;
  }
  model.inFile.delete(host);
  const saved = model.saved.get(host);
  // What the helper answers anyway is not stored a second time.
  if (saved?.state === "in use" && isEqual(saved.credential, credential)) model.stored.delete(host);
  else model.stored.set(host, credential);
}

export function dockerLogout(model: Model, host: HostName): void {
  model.inFile.delete(host);
  model.stored.delete(host);
}

function use(model: Model, rule: Rule): void {
  model.used.add(rule);
}
