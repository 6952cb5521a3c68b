import { type Explanation, explain } from "../../findings/finding.ts";
import { checkClock, errorName, errorText, type Reply } from "../cloud-call.ts";
import { ExchangeError } from "../credential.ts";

/** Whom a request to the sign-in service was about. */
export interface SignIn {
  readonly where: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly audience: string;
}

/**
 * The finding for an error of Azure's sign-in service. Its own text is not used: it quotes identities.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
export function explainSignIn(reply: Reply, about: SignIn): ExchangeError {
  const code = /AADSTS([0-9]{4,8})\b/.exec(errorText(reply))?.[1] ?? "";
  if (code === "700024") checkClock(reply, about.where);
  const error = code === "" ? errorName(reply) : `AADSTS${code}`;
  return new ExchangeError("refused", explainCode(code, error, about));
}

function explainCode(code: string, error: string, { where, tenant, clientId, audience }: SignIn): Explanation {
  switch (code) {
    case "7000215":
      return explain("azure-secret-wrong", { client: clientId });
    case "7000222":
      return explain("azure-secret-expired", { client: clientId });
    case "700016":
      return explain("azure-application-unknown", { client: clientId, tenant });
    case "90002":
    case "900023":
      return explain("azure-tenant-unknown", { tenant });
    case "70021":
    case "700211":
    case "700212":
    case "700213":
    case "700223":
      return explain("azure-federation-mismatch", { client: clientId, error });
    case "700024":
      return explain("azure-federation-expired", { client: clientId });
    case "700027":
      return explain("azure-certificate-unknown", { client: clientId });
    case "500011":
    case "500131":
      return explain("azure-audience", { where, audience });
    case "53003":
      return explain("azure-conditional-access", { client: clientId });
    default:
      return explain("azure-sign-in-refused", { where, error });
  }
}
