import { ECR_HOST } from "../../support/aws-endpoint.ts";
import type { Situation } from "../../support/doctor.ts";
import { type Reply, type Script, scripted, startNamed } from "../../support/scripted-registry.ts";
import { fresh, loggedIn, type Mistake, PASSWORD, set, startRegistry } from "./table.ts";

const DENIED: Reply = { status: 403, code: "DENIED", message: "requested access to the resource is denied" };
const refuseScopes = (scope: string): Reply | null => (scope === "" ? null : DENIED);

/** Logged in to a registry of this machine, and asking for one of its images. */
async function local(script: Partial<Script>, more: Omit<Situation, "context" | "targets"> = {}): Promise<Situation> {
  const host = await startRegistry(script);
  const { situation } = await loggedIn(set("A", host));
  return { ...situation, ...more, targets: [`${host}/acme/app:1`] };
}

/** The same under a real name. */
async function named(host: string, script: Partial<Script>, user = "bob"): Promise<Situation> {
  const endpoint = host === "docker.io" ? "registry-1.docker.io" : host;
  const { env } = await startNamed([endpoint], scripted({ user, password: PASSWORD, ...script }));
  const { situation } = await loggedIn({ ...env, ...set("A", host, { USER: user }) });
  return { ...situation, targets: [`${host}/acme/app:1`] };
}

/** Mistakes that show only when a certain image is asked for. */
export const IMAGES: readonly Mistake[] = [
  {
    name: "a tag that is not there",
    code: "image-missing",
    arrange: async () => local({ manifest: { status: 404, code: "MANIFEST_UNKNOWN" } }),
  },
  {
    name: "a repository that does not exist, or that the user may not see",
    code: "image-hidden",
    arrange: async () => local({ manifest: { status: 404, code: "NAME_UNKNOWN" } }),
  },
  {
    name: "an image that the user may not pull",
    code: "pull-denied",
    arrange: async () => local({ manifest: DENIED, upload: DENIED }),
  },
  {
    name: "an image that wants a login, and none is known",
    code: "pull-anonymous",
    arrange: async () => {
      const host = await startRegistry();
      return fresh({}, { targets: [`${host}/acme/app:1`] });
    },
  },
  {
    name: "an image that may be pulled and not pushed, where a push is wanted",
    code: "push-denied",
    arrange: async () => local({ upload: DENIED }, { push: true }),
  },
  {
    name: "a mirror that rejects pushes, for a push",
    code: "push-read-only",
    arrange: async () => local({ upload: { status: 405, code: "UNSUPPORTED" } }, { push: true }),
  },
  {
    name: "a registry that is at the end of its strength",
    code: "image-unanswered",
    arrange: async () => local({ manifest: { status: 500 } }),
  },
  {
    name: "a package of GitHub that does not follow its repository",
    code: "ghcr-pull-denied",
    arrange: async () => named("ghcr.io", { realm: "/token", token: refuseScopes }),
  },
  {
    name: "a GitHub token that may only pull, where a push is wanted",
    code: "ghcr-push-denied",
    arrange: async () => ({ ...(await named("ghcr.io", { realm: "/token", upload: DENIED })), push: true }),
  },
  {
    name: "a private repository of Docker Hub",
    code: "hub-pull-denied",
    arrange: async () => named("docker.io", { realm: "/token", manifest: { status: 401, code: "UNAUTHORIZED" } }),
  },
  {
    name: "Docker Hub's rate limit is used up",
    code: "hub-rate-limit",
    arrange: async () =>
      named("docker.io", {
        realm: "/token",
        manifest: { status: 200, headers: { "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "0;w=21600" } },
      }),
  },
  {
    name: "an Azure token without the repository in its scope map",
    code: "acr-pull-denied",
    arrange: async () => named("acme.azurecr.io", { realm: "/oauth2/token", manifest: DENIED }),
  },
  {
    name: "Google's API is not enabled",
    code: "google-api-disabled",
    arrange: async () =>
      named(
        "europe-west1-docker.pkg.dev",
        {
          realm: "/v2/token",
          manifest: {
            status: 403,
            code: "DENIED",
            message: "Artifact Registry API has not been used in project acme before or it is disabled.",
          },
        },
        "oauth2accesstoken",
      ),
  },
  {
    name: "Google's service account may not read",
    code: "google-pull-denied",
    arrange: async () =>
      named("europe-west1-docker.pkg.dev", { realm: "/v2/token", manifest: DENIED }, "oauth2accesstoken"),
  },
  {
    name: "a repository of Google in another location",
    code: "google-location",
    arrange: async () =>
      named(
        "europe-west1-docker.pkg.dev",
        { realm: "/v2/token", manifest: { status: 404, code: "NAME_UNKNOWN", message: 'Repository "app" not found' } },
        "oauth2accesstoken",
      ),
  },
  {
    name: "no such repository in the account",
    code: "ecr-repository-missing",
    arrange: async () =>
      named(
        ECR_HOST,
        {
          manifest: {
            status: 404,
            code: "NAME_UNKNOWN",
            message: "The repository with name 'acme/app' does not exist in the registry with id '123456789012'",
          },
        },
        "AWS",
      ),
  },
  {
    name: "an IAM policy without ecr:BatchGetImage",
    code: "ecr-pull-denied",
    arrange: async () =>
      named(
        ECR_HOST,
        {
          manifest: {
            status: 403,
            code: "DENIED",
            message:
              "User: arn:aws:iam::123456789012:user/ci is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/acme/app because no identity-based policy allows the ecr:BatchGetImage action",
          },
        },
        "AWS",
      ),
  },
  {
    name: "a repository of another account, whose policy does not let us in",
    code: "ecr-other-account",
    arrange: async () =>
      named(
        ECR_HOST,
        {
          manifest: {
            status: 403,
            code: "DENIED",
            message:
              "User: arn:aws:iam::999999999999:user/ci is not authorized to perform: ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:123456789012:repository/acme/app because no resource-based policy allows the ecr:BatchGetImage action",
          },
        },
        "AWS",
      ),
  },
  {
    name: "an ECR identity that may not push, where a push is wanted",
    code: "ecr-push-denied",
    arrange: async () => ({ ...(await named(ECR_HOST, { upload: DENIED }, "AWS")), push: true }),
  },
];
