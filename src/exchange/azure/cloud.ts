/** One of Azure's clouds. */
export interface AzureCloud {
  /** The host of its sign-in service. */
  readonly authority: string;
  /** Further hosts of the same service. */
  readonly aliases: readonly string[];
  /** The audience of tokens for its Resource Manager, which registries accept too. */
  readonly resourceManager: string;
}

/** The audience of tokens for registries, the same in all clouds. Source: azure-cli, `acr/_docker_utils.py` */
export const REGISTRY_AUDIENCE = "https://containerregistry.azure.net";

const CLOUDS: Readonly<Record<string, AzureCloud>> = {
  "azurecr.io": {
    authority: "login.microsoftonline.com",
    aliases: ["login.windows.net", "login.microsoft.com"],
    resourceManager: "https://management.azure.com",
  },
  "azurecr.cn": {
    authority: "login.chinacloudapi.cn",
    aliases: ["login.partner.microsoftonline.cn"],
    resourceManager: "https://management.chinacloudapi.cn",
  },
  "azurecr.us": {
    authority: "login.microsoftonline.us",
    aliases: [],
    resourceManager: "https://management.usgovcloudapi.net",
  },
};

/** The cloud of a registry; null for one of a cloud that no longer exists (`azurecr.de`). */
export function cloudOf(host: string): AzureCloud | null {
  return CLOUDS[host.slice(host.indexOf(".") + 1)] ?? null;
}
