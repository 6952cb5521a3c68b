/**
 * Why the identity of a machine, or of a job, does not become a registry's credential. `<where>` is a service of the cloud,
 * `<file>` the file that an identity comes from.
 */
export const identity = {
  "identity-no-answer": {
    message: "no answer from <where> within <seconds> s",
    hint: "check the network and the proxy of this machine",
  },
  "identity-busy": { message: "<where> cannot answer now (<error>)", hint: "try again later" },
  "identity-no-route": {
    message: "cannot reach <where> (<error>)",
    hint: "allow its address in the firewall and the proxy",
  },
  "identity-unknown": { message: "<where> answered <error>", hint: "try again later" },
  "identity-no-token": { message: "<where> answered without a token", hint: "try again later" },
  "identity-clock": {
    message: "<where> rejects the time of the request: the clock of this machine is <minutes> minutes <direction>",
    hint: "set the clock of the machine, then run registry-login",
  },
  "identity-source": { message: "<source>: <cause>", hint: "" },
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
  "azure-no-identity": {
    message: "no secrets are set for <identifier>, and this machine has no Azure identity (<tried>)",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER and <identifier>_CONTAINER_REGISTRY_PASSWORD, assign a managed identity with the role AcrPull to the machine, or run az login",
  },
  "azure-cloud-unknown": {
    message: "<host> belongs to a cloud of Azure that no longer exists",
    hint: "use a registry of azurecr.io, azurecr.cn or azurecr.us",
  },
  "azure-credentials-choice": {
    message: 'AZURE_TOKEN_CREDENTIALS is "<choice>", which is not supported',
    hint: "set it to prod, dev, EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential or AzureCliCredential, or remove it",
  },
  "azure-tenant-form": {
    message: "AZURE_TENANT_ID is not the id or domain of a tenant",
    hint: "set AZURE_TENANT_ID to the tenant's id (az account show --query tenantId)",
  },
  "azure-authority": {
    message: "AZURE_AUTHORITY_HOST is <address>, but the registry's cloud signs in at <expected>; nothing was sent",
    hint: "remove AZURE_AUTHORITY_HOST, or set it to https://<expected>",
  },
  "azure-file-unreadable": {
    message: "<variable> names <file>, but <cause>",
    hint: "set <variable> to a file that this user can read, or remove it",
  },
  "azure-certificate-form": {
    message: "<file> does not contain an RSA key and its certificate in PEM form",
    hint: "put both into one file: cat key.pem certificate.pem (and set AZURE_CLIENT_CERTIFICATE_PASSWORD for an encrypted key)",
  },
  "azure-secret-wrong": {
    message: "Azure rejects the secret of the application <client>",
    hint: "set AZURE_CLIENT_SECRET to the value of a client secret, not to its id",
  },
  "azure-secret-expired": {
    message: "the secret of the application <client> has expired",
    hint: "create a new one (az ad app credential reset) and set AZURE_CLIENT_SECRET",
  },
  "azure-application-unknown": {
    message: "the tenant <tenant> has no application <client>",
    hint: "check AZURE_CLIENT_ID and AZURE_TENANT_ID: they have to belong together",
  },
  "azure-tenant-unknown": {
    message: "Azure does not know the tenant <tenant>, or the account is not in it",
    hint: "check AZURE_TENANT_ID (az account show --query tenantId)",
  },
  "azure-federation-mismatch": {
    message: "the application <client> trusts no token like the one of this machine (<error>)",
    hint: "compare issuer, subject and audience of its federated credential with the token's (az ad app federated-credential list)",
  },
  "azure-federation-expired": {
    message:
      "Azure rejects the token in AZURE_FEDERATED_TOKEN_FILE of <client>, or its certificate's signature: it has expired",
    hint: "get a new token: Kubernetes replaces the one in a projected file, and a CI job's ends after minutes",
  },
  "azure-certificate-unknown": {
    message: "the application <client> does not have the certificate in AZURE_CLIENT_CERTIFICATE_PATH",
    hint: "upload it: az ad app credential reset --cert @certificate.pem --append",
  },
  "azure-audience": {
    message: "<where> issues no tokens for <audience>",
    hint: "check that the registry's cloud is the one of this identity",
  },
  "azure-conditional-access": {
    message: "a Conditional Access policy of the tenant denies the application <client>",
    hint: "allow this network in the policy, or exclude the application",
  },
  "azure-sign-in-refused": {
    message: "<where> rejects this machine's identity (<error>)",
    hint: "look the error up: https://login.microsoftonline.com/error",
  },
  "azure-endpoint": {
    message: "<variable> is not an http address of this machine or network; nothing was sent there",
    hint: "remove <variable>, which only Azure sets",
  },
  "azure-endpoint-silent": {
    message: "the service of <variable> gives no answer: <cause>",
    hint: "check that a managed identity is assigned to the app, and restart it",
  },
  "azure-endpoint-refused": {
    message: "<where> rejects the request of this user",
    hint: "restart the app, since its variables change; on an Azure Arc machine add the user to the group himds",
  },
  "azure-managed-several": {
    message: "this machine has several managed identities",
    hint: "set AZURE_CLIENT_ID to the client id of the one with the role AcrPull",
  },
  "azure-managed-unknown": {
    message: "this machine does not have the managed identity <client>",
    hint: "assign it to the machine, or change AZURE_CLIENT_ID",
  },
  "azure-arc-challenge": {
    message: "what listens at the address of the Azure Arc agent names a key file that is not directly in <folder>",
    hint: "check which program listens at IDENTITY_ENDPOINT (azcmagent show)",
  },
  "azure-arc-key": {
    message: "this user cannot read <file>, which proves to the Azure Arc agent who asks",
    hint: "add the user to the group himds: sudo usermod -aG himds USER",
  },
  "azure-cli-expired": {
    message: "the login of the Azure CLI has expired or needs a second factor (<error>)",
    hint: "log in again: az login",
  },
  "azure-cli-failed": {
    message: "az account get-access-token failed (<error>)",
    hint: "run it by hand: az account get-access-token",
  },
  "acr-challenge": {
    message: "<host> does not answer as an Azure registry",
    hint: "check the name of the registry (az acr list --query [].loginServer)",
  },
  "acr-realm": {
    message: "<host> names <address> for its logins; nothing was sent there",
    hint: "check the proxy and DNS of this machine: an Azure registry answers for itself",
  },
  "acr-tenant": {
    message: "<host> rejects the identity: the registry is not in its tenant <tenant>",
    hint: "set AZURE_TENANT_ID to the tenant of the registry, or use an identity of that tenant",
  },
  "acr-identity-denied": {
    message: "<host> rejects the Azure identity: it has no role at the registry",
    hint: "assign the role AcrPull (Container Registry Repository Reader where the registry uses ABAC), and wait some minutes",
  },
  "actions-no-token": {
    message: "there is no token service of GitHub Actions here",
    hint: "in the workflow, add to the job: permissions: id-token: write; and log in on the runner, not in the dev container",
  },
  "actions-address": {
    message: "ACTIONS_ID_TOKEN_REQUEST_URL is at <address>, which is not GitHub's; nothing was sent there",
    hint: "do not set ACTIONS_ID_TOKEN_REQUEST_URL: GitHub sets it",
  },
  "actions-refused": {
    message: "GitHub gives the job no token (<error>)",
    hint: "in the workflow, add to the job: permissions: id-token: write",
  },
  "hub-connection": {
    message: "<variable> is not the id of an OIDC connection",
    hint: "copy the connection's id from the organization's settings at Docker Hub",
  },
  "hub-organization": {
    message: "the organization at Docker Hub is not known",
    hint: "set <identifier>_CONTAINER_REGISTRY_USER to its name",
  },
  "hub-token-life": {
    message: "<variable> is not a number of seconds from 300 to 21600",
    hint: "correct <variable>, or remove it",
  },
  "hub-job-untrusted": {
    message: "the connection <connection> of Docker Hub does not trust this job (<error>)",
    hint: "add a rule for the repository and the branch to the connection",
  },
  "hub-oidc-refused": {
    message: "Docker Hub gives the job no token (<error>)",
    hint: "check that the connection <connection> exists, is active and belongs to the organization",
  },
} as const;
