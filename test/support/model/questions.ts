import { type Credential, HOST_OF, type HostName, isEqual, type Model } from "./model.ts";

/** What our helper answers for a host. */
export function servedFor({ stored, saved }: Model, host: HostName): Credential | null {
  const login = saved.get(host);
  return stored.get(host) ?? (login?.state === "in use" ? login.credential : null);
}

/** What a client presents to a host; null: it has no login. */
export function presentedTo(model: Model, host: HostName): Credential | null {
  return model.helperLines.has(host) ? servedFor(model, host) : (model.inFile.get(host) ?? null);
}

/** Whether a pull succeeds now. */
export function canPull(model: Model, host: HostName): boolean {
  const credential = presentedTo(model, host);
  return credential !== null && answerOf(model, credential) === "accepted";
}

/** Whether clients use a login by `docker login` instead of the one that is saved. */
export function isOverridden(model: Model, host: HostName): boolean {
  const saved = model.saved.get(host);
  const presented = presentedTo(model, host);
  return saved?.state === "in use" && presented !== null && !isEqual(saved.credential, presented);
}

/** What the registry says to a credential now. */
export function answerOf(
  { down, accepted }: Model,
  { account, password }: Credential,
): "accepted" | "rejected" | "unchecked" {
  if (down.has(HOST_OF[account])) return "unchecked";
  return accepted[account] === password ? "accepted" : "rejected";
}
