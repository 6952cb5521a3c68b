import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { closeServer } from "./embedded-registry.ts";

/** An object of a cluster. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** As much of a cluster's API server as kubectl needs to apply and to list Secrets and service accounts. */
export interface KubernetesApi {
  readonly url: string;
  /** The objects by `namespace/resource/name`. */
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  /** Each request that changes an object: its path with the query, and the type of its body. */
  readonly changes: readonly { readonly path: string; readonly type: string }[];
  close(): Promise<void>;
}

const RESOURCES = [
  { name: "secrets", singularName: "secret", namespaced: true, kind: "Secret", verbs: ["get", "list", "patch"] },
  {
    name: "serviceaccounts",
    singularName: "serviceaccount",
    namespaced: true,
    kind: "ServiceAccount",
    verbs: ["get", "list", "patch"],
  },
];

/**
 * Starts it on a free port of this machine.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ and /server-side-apply/
 */
export async function startKubernetesApi(): Promise<KubernetesApi> {
  const objects = new Map<string, KubernetesObject>();
  const changes: { path: string; type: string }[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://cluster");
    const [, namespace = "", resource = "", name] =
      /^\/api\/v1\/namespaces\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(url.pathname) ?? [];
    if (namespace === "") return send(response, ...discovery(url.pathname));
    const key = `${namespace}/${resource}/${name}`;
    if (request.method === "PATCH") {
      const type = request.headers["content-type"] ?? "";
      changes.push({ path: `${url.pathname}${url.search}`, type });
      const value = JSON.parse(await readBody(request)) as KubernetesObject;
      objects.set(key, value);
      return send(response, 200, value);
    }
    const type = /^type=(.+)$/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
    if (name === undefined) {
      const items = [...objects].flatMap(([each, value]) =>
        each.startsWith(`${namespace}/${resource}/`) && (type === undefined || value.type === type) ? value : [],
      );
      return send(response, 200, { kind: "List", apiVersion: "v1", metadata: {}, items });
    }
    const found = objects.get(key);
    return found === undefined ? send(response, ...NOT_FOUND) : send(response, 200, found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, objects, changes, close: () => closeServer(server) };
}

/** The kubeconfig of a cluster that this context stands for. */
export function kubeconfig({ url }: Pick<KubernetesApi, "url">, context: string, namespace: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: context, namespace } }],
    clusters: [{ name: context, cluster: { server: url } }],
    users: [{ name: context, user: {} }],
  });
}

const NOT_FOUND = [
  404,
  { kind: "Status", apiVersion: "v1", status: "Failure", reason: "NotFound", code: 404 },
] as const;

function discovery(path: string): readonly [status: number, value: object] {
  switch (path) {
    case "/version":
      return [200, { major: "1", minor: "30", gitVersion: "v1.30.0" }];
    case "/api":
      return [200, { kind: "APIVersions", versions: ["v1"] }];
    case "/apis":
      return [200, { kind: "APIGroupList", apiVersion: "v1", groups: [] }];
    case "/api/v1":
      return [200, { kind: "APIResourceList", groupVersion: "v1", resources: RESOURCES }];
    default:
      return NOT_FOUND;
  }
}

function send(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
