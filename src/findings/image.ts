/** What can be wrong with one image of a registry that takes the login. */
export const image = {
  "image-name": {
    message: "<image> is neither a host name nor an image: <problem>",
    hint: "write it as in docker pull, like ghcr.io/acme/app:1",
  },
  "image-missing": {
    message: "the registry has no image <image>",
    hint: "check its name and its tag",
  },
  "image-hidden": {
    message: "the registry says that there is no image <image>, as it also says of what this user may not see",
    hint: "check its name and its tag, and that <user> may pull it",
  },
  "pull-denied": {
    message: "<user> may not pull <image>",
    hint: "ask the image's owner for the right to pull it",
  },
  "pull-anonymous": {
    message: "<image> cannot be pulled without a login",
    hint: "set the secrets of a login to <host>, then run registry-login",
  },
  "push-denied": {
    message: "<user> may not push to <image>",
    hint: "ask the image's owner for the right to push, if it is needed",
  },
  "push-read-only": {
    message: "the registry takes no pushes of <image> (<status>)",
    hint: "push to another registry: this one only serves images",
  },
  "image-unanswered": {
    message: "the registry did not answer for <image> (<status>)",
    hint: "try again later; if it stays so, ask the registry's administrator",
  },
  "ghcr-pull-denied": {
    message: "<user> may not pull <image>, or it does not exist",
    hint: "let the package inherit access from the repository or add the repository to it (package settings, Manage Actions or Codespaces access), or use a token with read:packages; a package does not follow its repository by itself, and an internal one is closed to public repositories",
  },
  "ghcr-push-denied": {
    message: "<user> may not push to <image>",
    hint: "use a classic personal access token with write:packages; GITHUB_TOKEN of a codespace only pulls",
  },
  "ecr-repository-missing": {
    message: "account <account> has no repository <repository> in <region>",
    hint: "check account, region and name in the image, or create the repository",
  },
  "ecr-pull-denied": {
    message: "the AWS identity may not <action> on <image>",
    hint: "allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer in its IAM policy, for account <account> and region <region>",
  },
  "ecr-other-account": {
    message: "the repository <image> belongs to the account <account>, which does not let the AWS identity pull",
    hint: "allow ecr:BatchGetImage and ecr:GetDownloadUrlForLayer to the identity's account in the repository policy in <account>",
  },
  "ecr-push-denied": {
    message: "the AWS identity may not push to <image>",
    hint: "allow ecr:InitiateLayerUpload, UploadLayerPart, CompleteLayerUpload, BatchCheckLayerAvailability and PutImage, if it is needed",
  },
  "hub-pull-denied": {
    message: "<user> may not pull <image>, or it does not exist",
    hint: "check the name; add <user> to the repository's collaborators or team, and see that the access token is not for public repositories only",
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
    message: "there is no repository for <image> at <host>",
    hint: "check project and repository, and that the host's location is the repository's (like europe-west1-docker.pkg.dev)",
  },
} as const;
