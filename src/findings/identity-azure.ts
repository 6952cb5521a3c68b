/** Why an identity of Azure does not become a credential of its registries. */
export const azureIdentity = {
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
} as const;
