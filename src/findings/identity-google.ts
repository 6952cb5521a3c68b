/** Why an identity of Google does not become a credential. */
export const googleIdentity = {
  "google-no-identity": {
    message: "no secrets are set for <identifier>, and this machine has no Google identity (<tried>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER and <identifier>_CONTAINER_REGISTRY_PASSWORD, attach a service account to the machine, or run gcloud auth application-default login",
  },
  "google-file-unreadable": {
    message: "GOOGLE_APPLICATION_CREDENTIALS names <file>, but <cause>",
    hint: "set GOOGLE_APPLICATION_CREDENTIALS to a file of credentials that this user can read, or remove it",
  },
  "google-file-form": {
    message: "<file> is not a JSON file of Google credentials",
    hint: "create the file again (gcloud auth application-default login, or gcloud iam workload-identity-pools create-cred-config)",
  },
  "google-file-type": {
    message: "<file> has the type <type>, which cannot log in to a registry",
    hint: "use credentials of a service account, a user, or workload identity federation",
  },
  "google-file-incomplete": {
    message: "<file> has the type <type>, but no <field>",
    hint: "create the file again",
  },
  "google-key-invalid": {
    message: "the private_key in <file> is not a valid RSA key",
    hint: "use the key file as Google created it",
  },
  "google-address-foreign": {
    message: "<file> names <address> as its <field>, which is not an address of <universe>; nothing was sent there",
    hint: "use a file that you created yourself; one from somebody else can steal what it leads to",
  },
  "google-universe": {
    message: "<file> is for <own>, but the registry belongs to <universe>",
    hint: "use credentials of the cloud that the registry belongs to",
  },
  "google-key-refused": {
    message: "Google rejects the key of <email> (<error>)",
    hint: "check that the service account exists, is enabled and still has this key",
  },
  "google-login-expired": {
    message: "the Google login in <file> has expired or was revoked (<error>)",
    hint: "log in again: gcloud auth application-default login",
  },
  "google-login-refused": {
    message: "Google rejects the login in <file> (<error>)",
    hint: "log in again: gcloud auth application-default login",
  },
  "google-executable-forbidden": {
    message: "<file> wants to run a program, which <variable> does not allow",
    hint: "if you trust the file, set <variable>=1",
  },
  "google-executable-failed": {
    message: "the program <program> of <file> gives no token (<error>)",
    hint: "run the program by hand and fix its error",
  },
  "google-subject-missing": {
    message: "<file> takes a token from <source>, but <cause>",
    hint: "check the credential_source of the file, and that this machine has the token",
  },
  "google-subject-expired": {
    message: "Google rejects the token that <file> leads to: it has expired",
    hint: "get a new one: a token of a CI job ends with the job, and Kubernetes replaces the one in a projected file",
  },
  "google-subject-refused": {
    message: "Google rejects the token for <audience> (<error>)",
    hint: "check issuer, audiences and keys of the provider in the workload identity pool",
  },
  "google-audience": {
    message: "Google rejects the token that <file> leads to: it has a different audience than <audience> allows",
    hint: "add the token's audience to the provider's allowed audiences, or request the token for this provider",
  },
  "google-condition": {
    message: "Google rejects the token for <audience>: the provider's attribute condition does not accept it",
    hint: "check the attribute condition of the provider (repository, branch, namespace)",
  },
  "google-impersonation-denied": {
    message: "Google does not let this identity act as <account> (<error>)",
    hint: "grant the identity roles/iam.workloadIdentityUser on <account> (roles/iam.serviceAccountTokenCreator for a service account)",
  },
  "google-impersonation-failed": {
    message: "Google gives no token of <account> (<error>)",
    hint: "check the service account in service_account_impersonation_url",
  },
  "google-iam-api-disabled": {
    message: "the IAM Service Account Credentials API is off in the project of <account>",
    hint: "turn it on: gcloud services enable iamcredentials.googleapis.com",
  },
  "google-source-unsupported": {
    message: "<file> has a credential_source that is not supported",
    hint: "use a file, url, executable or aws source",
  },
  "google-workload-identity-denied": {
    message: "Google does not let the pod's Kubernetes service account act as its Google service account",
    hint: "grant it roles/iam.workloadIdentityUser on the Google service account, and check the annotation iam.gke.io/gcp-service-account",
  },
  "google-machine-without-account": {
    message: "this machine of Google has no service account",
    hint: "attach one with the role roles/artifactregistry.reader to the machine",
  },
  "google-machine-scopes": {
    message: "the access scopes of this machine do not cover registries",
    hint: "stop the machine and give it the scope cloud-platform or storage-ro",
  },
} as const;
