import type { StorePrograms } from "../../clients/native/store-program.ts";
import type { Context } from "../../context.ts";
import { createExchange } from "../../credentials/exchange.ts";
import type { Options } from "../../discovery/options.ts";
import type { LoginRequest } from "../../discovery/request.ts";
import type { Deadline } from "../../handshake/deadline.ts";
import { verify } from "../../handshake/verify.ts";
import type { Environment } from "../../platform/environment.ts";
import type { Placement } from "../../registration/record.ts";
import { savedState } from "../../registration/register.ts";
import { savedCredential } from "../../registration/saved-credential.ts";
import type { Registration } from "../../store/state.ts";
import type { Store } from "../../store/store.ts";
import { type Attempt, attempt } from "./attempt.ts";
import type { SavedAlternative } from "./keep-saved.ts";

/** What attempts need to know of the run that they are a part of. */
export interface Run {
  readonly context: Context;
  readonly options: Options;
  readonly store: Store;
  readonly deadline: Deadline;
  readonly onlyChanged: boolean;
  /** The environment, overridden by the secrets file of a codespace. */
  readonly world: Environment;
  /** Whether the run removes a login of an earlier one for lack of secrets. */
  readonly isRevoked: (login: Registration) => boolean;
  /** Where an earlier run may have put the login of a request; null where it did not. */
  readonly expected: (request: LoginRequest) => Placement | null;
  /** The credential stores of the machine. */
  readonly stores: StorePrograms;
  /** Whether the credential of a saved login was lost. */
  readonly isLost: (login: Registration) => boolean;
}

/** Tries all logins at the same time. */
export async function attemptAll(requests: readonly LoginRequest[], run: Run): Promise<Attempt[]> {
  const { context, options, store, deadline, onlyChanged, world, expected } = run;
  const { storage, timeout, verify: verifies } = options;
  const { send, now, env, secrets } = context;
  const exchange = createExchange(store, storage, { timeout, now, env, send });
  return await Promise.all(
    requests.map((request) =>
      attempt(request, {
        exchange: async (wanted) => {
          const credential = await exchange(wanted);
          secrets.add([credential.secret]);
          return credential;
        },
        renews: storage === "memory" || storage === "disk",
        send,
        deadline,
        verify: verifies,
        onlyChanged,
        savedState: (credential) => {
          const placement = expected(request);
          return placement === null ? "none" : savedState(store, { request, credential, placement }, env);
        },
        saved: savedAlternative(request, run),
        world,
        inputs: context.machine?.notes ?? [],
        now,
      }),
    ),
  );
}

/** The login that an earlier run saved for the request's host; null also where it was lost, or is the cause of a failure. */
function savedAlternative(
  { registry, user, password }: LoginRequest,
  { context, store, stores, deadline, isRevoked, isLost }: Run,
): SavedAlternative | null {
  const registration = store.registrations.find(({ host }) => host === registry.host);
  if (registration === undefined || registration.failure !== undefined || isLost(registration)) return null;
  return {
    registration,
    isRevoked: isRevoked(registration),
    credential: async () => {
      const credential = await savedCredential(context, stores, store, registration);
      if (credential !== null) context.secrets.add([credential.secret]);
      const isTheSame = credential?.username === user && credential?.secret === password;
      return isTheSame ? null : credential;
    },
    // Who runs this through sudo may have given a proxy, and its certificate, that would read root's own secret.
    verify:
      context.onBehalfOf === undefined
        ? (credential) => verify(registry, credential, context.send, deadline.handshake())
        : null,
  };
}
