import { posix } from "node:path";
import { explain } from "../findings/finding.ts";
import { isRecord, parseJsonc } from "../platform/jsonc.ts";
import { isSecretName } from "./secret-values.ts";
import { pathFrom, type Sources } from "./sources.ts";
import { type Use, useOfImage } from "./uses.ts";

/** Is this the id of our Feature, from whichever registry or folder, with a version or not? */
export function isOurFeature(id: string): boolean {
  return /(?:^|\/)registry-login(?:[:@][^/]*)?\/?$/.test(id);
}

/**
 * What the Features of a configuration need: they are downloaded before the container exists, with those that they depend on.
 * Short ids and those of GitHub releases, both from old versions of the CLI, are not images.
 * Source: https://containers.dev/implementors/features/#referencing-a-feature
 */
export function usesOfFeatures(sources: Sources, file: string, folder: string, features: unknown): Use[] {
  if (!isRecord(features)) return [];
  return Object.entries(features).flatMap(([id, value]) => {
    noteOtherLogin(sources, file, id, value);
    if (isOurFeature(id)) return [];
    return isLocal(id) ? usesOfLocal(sources, pathFrom(sources, folder, id)) : usesOfId(sources, file, id, "features");
  });
}

function isLocal(id: string): boolean {
  return id.startsWith("./") || id.startsWith("../");
}

function usesOfId(sources: Sources, file: string, id: string, where: string): Use[] {
  const [host = ""] = id.split("/");
  if (!/[.:]/.test(host) || /^https?:/.test(id)) return [];
  return useOfImage(sources, id, { file, where, phase: "before" });
}

/** A Feature of the repository may depend on others. */
function usesOfLocal(sources: Sources, folder: string): Use[] {
  const file = posix.join(folder, "devcontainer-feature.json");
  const text = sources.readQuietly(file);
  const parsed = text === null ? null : parseJsonc(text);
  const needed = parsed?.isValid === true && isRecord(parsed.value) ? parsed.value.dependsOn : null;
  return isRecord(needed) ? Object.keys(needed).flatMap((id) => usesOfId(sources, file, id, "dependsOn")) : [];
}

const HELPER = /credential-helper|docker-credential|ecr-login|acr-login|gcr-login/;
const LOGIN = /(?:docker|registry|ghcr|acr|ecr|gcr|container)[-_]?(?:registry[-_]?)?(?:log-?in|auth)/;

function noteOtherLogin(sources: Sources, file: string, id: string, value: unknown): void {
  const name = (id.split("/").at(-1) ?? "").replace(/[:@].*$/, "");
  const options = isRecord(value) ? Object.entries(value) : [];
  for (const [option, text] of options) {
    const isSet = typeof text === "string" && text !== "" && !text.includes("${");
    if (isSet && isSecretName(option)) sources.note(explain("feature-secret", { file, feature: id, option }));
  }
  if (isOurFeature(id)) return;
  if (HELPER.test(name)) sources.note(explain("other-helper", { file, feature: id }));
  else if (LOGIN.test(name)) sources.note(explain("other-feature", { file, feature: id }));
}
