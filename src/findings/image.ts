/** What can be wrong with one image of a registry that accepts the login. */
export const image = {
  "image-name": {
    message: "<image> is neither a host name nor an image: <cause>",
    hint: "write it as in docker pull, like ghcr.io/acme/app:1",
  },
  "image-missing": {
    message: "the registry has no image <image>",
    hint: "check its name and its tag",
  },
  "image-hidden": {
    message: "the registry reports no image <image>; it says the same about images that this user cannot access",
    hint: "check its name and its tag, and that <user> may pull it",
  },
  "pull-denied": {
    message: "<user> may not pull <image>",
    hint: "ask the image's owner for permission to pull it",
  },
  "pull-anonymous": {
    message: "<image> cannot be pulled without a login",
    hint: "set the secrets of a login to <host>, then run registry-login",
  },
  "push-denied": {
    message: "<user> may not push to <image>",
    hint: "if you need to push, ask the image's owner for permission",
  },
  "push-read-only": {
    message: "the registry does not accept pushes of <image> (<status>)",
    hint: "push to a different registry: this one only serves images",
  },
  "image-unanswered": {
    message: "the registry answered <status> for <image>",
    hint: "try again later; if that does not help, ask the registry's administrator",
  },
  "ghcr-pull-denied": {
    message: "<user> may not pull <image>, or it does not exist",
    hint: "in the package's settings, give access to the repository (Manage Actions access, Manage Codespaces access), or use a token with read:packages; public repositories have no access to internal packages",
  },
  "ghcr-push-denied": {
    message: "<user> may not push to <image>",
    hint: "use a classic personal access token with write:packages; GITHUB_TOKEN of a codespace can only pull",
  },
  "ecr-repository-missing": {
    message: "account <account> has no repository <repository> in <region>",
    hint: "check account, region and name in the image, or create the repository",
  },
  "ecr-pull-denied": {
    message: "the AWS identity may not pull <image> (<action>)",
    hint: "allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer in its IAM policy, for account <account> and region <region>",
  },
  "ecr-other-account": {
    message: "the repository of <image> belongs to the account <account>, which does not let the AWS identity pull",
    hint: "allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to the identity's account in the repository policy in <account>",
  },
  "ecr-push-denied": {
    message: "the AWS identity may not push to <image>",
    hint: "if you need to push, allow ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, BatchCheckLayerAvailability and PutImage",
  },
  "hub-pull-denied": {
    message: "<user> may not pull <image>, or it does not exist",
    hint: "check the name; add <user> to the repository's collaborators or team, and check that the access token is not limited to public repositories",
  },
  "acr-pull-denied": {
    message: "<user> may not pull <image>",
    hint: "give the identity the role AcrPull, or the token a scope map with content/read for this repository",
  },
  "google-api-disabled": {
    message: "the Artifact Registry API is not enabled in the project of <image>",
    hint: "enable it: gcloud services enable artifactregistry.googleapis.com",
  },
  "google-pull-denied": {
    message: "<user> may not pull <image>, or its repository does not exist",
    hint: "give the service account the role roles/artifactregistry.reader on the repository",
  },
  "google-location": {
    message: "<host> has no repository for <image>",
    hint: "check project and repository, and that the host has the repository's location (like europe-west1-docker.pkg.dev)",
  },
} as const;
