import type { AwsEndpoint } from "./aws-endpoint.ts";
import type { Authorize } from "./tls-registry.ts";

const PUBLIC = "public.ecr.aws";

/**
 * Accepts what AWS's registries accept: the user AWS with a token that AWS issued and that has not expired, by Basic at a
 * private registry, and by Bearer with a token service at the public one.
 */
export function createAwsAuthorization(aws: AwsEndpoint): Authorize {
  return (request, response) => {
    const { host = "", authorization = "" } = request.headers;
    const basic = /^Basic (.+)$/.exec(authorization)?.[1] ?? "";
    const [user, password = ""] = Buffer.from(basic, "base64").toString("utf8").split(":");
    const isAws = user === "AWS" && aws.isValid(password);
    if (host === PUBLIC && request.url?.startsWith("/token/") === true) {
      response.writeHead(isAws ? 200 : 401, { "content-type": "application/json" });
      response.end(JSON.stringify(isAws ? { token: password } : {}));
      return false;
    }
    if (host === PUBLIC ? aws.isValid(authorization.replace(/^Bearer /, "")) : isAws) return true;
    const challenge =
      host === PUBLIC
        ? `Bearer realm="https://${PUBLIC}/token/",service="${PUBLIC}",scope="aws"`
        : `Basic realm="https://${host}/",service="ecr.amazonaws.com"`;
    response.writeHead(401, { "www-authenticate": challenge });
    response.end();
    return false;
  };
}
