import type { DefaultTheme } from "vitepress";
import { pages, siteLink, titleOf } from "./pages.ts";

/** A group of the sidebar: which documents belong to it, and which of them come first. */
interface Group {
  readonly text: string;
  readonly matches: RegExp;
  readonly first?: readonly string[];
  readonly collapsed?: boolean;
}

// The first group that matches has the page. What matches none is in the last group of its folder, so that a new document
// is never missing.
const USER: readonly Group[] = [
  {
    text: "Start",
    matches: /^(?:README|docs\/README|docs\/user\/(?:init|host|commands|feature)|packages\/cli\/README)\b/,
    first: ["README.md", "docs/README.md", "docs/user/init.md", "docs/user/host.md", "docs/user/commands.md"],
  },
  {
    text: "Hosts",
    matches:
      /^docs\/user\/(?:codespaces|vscode|devcontainer-cli|devpod|coder|gitpod-ona|jetbrains|compose|docker-in-docker|clusters)\b/,
    first: ["docs/user/codespaces.md", "docs/user/vscode.md", "docs/user/devcontainer-cli.md"],
  },
  {
    text: "Registries",
    matches:
      /^docs\/user\/(?:docker-hub|github|azure|aws-ecr|google|gitlab|quay|harbor|nvidia-ngc|artifactory|other-registries)\b/,
    first: ["docs/user/docker-hub.md", "docs/user/github.md"],
  },
  { text: "CI", matches: /^docs\/user\/ci\b/, first: ["docs/user/ci.md", "docs/user/ci-github.md"] },
  {
    text: "Problems",
    matches: /^(?:docs\/user\/(?:troubleshooting|codes)|SUPPORT)\b/,
    first: ["docs/user/troubleshooting.md"],
  },
  { text: "Reference", matches: /^(?:docs\/user\/|features\/|CHANGELOG)/ },
];

const PLATFORM: readonly Group[] = [
  { text: "Trust", matches: /^(?:docs\/platform\/(?:trust|security)|SECURITY)\b/, first: ["docs/platform/trust.md"] },
  { text: "Cloud identities", matches: /^docs\/platform\/identity\b/ },
  { text: "Operate", matches: /^docs\/platform\// },
];

const CONTRIBUTOR: readonly Group[] = [
  {
    text: "Contribute",
    matches: /^(?:CONTRIBUTING|ARCHITECTURE|RELEASING|docs\/contributor\/)/,
    first: ["CONTRIBUTING.md", "ARCHITECTURE.md"],
  },
  { text: "Decisions", matches: /^docs\/decisions\//, first: ["docs/decisions/README.md"], collapsed: true },
];

/** The sidebar of each part of the site, made from the documents that there are. */
export function sidebar(): DefaultTheme.SidebarItem[] {
  const groups = [...USER, ...PLATFORM, ...CONTRIBUTOR];
  const documents = [...pages().keys()].filter((document) => document !== "docs/index.md").sort();
  const groupOf = (document: string): Group | undefined => groups.find(({ matches }) => matches.test(document));
  const lost = documents.filter((document) => groupOf(document) === undefined);
  if (lost.length > 0) throw new Error(`no group of the navigation has ${lost.join(", ")}`);
  return groups.flatMap((group) => {
    const { text, first = [], collapsed = false } = group;
    const own = documents.filter((document) => groupOf(document) === group);
    const rank = (document: string): number => (first.includes(document) ? first.indexOf(document) : first.length);
    own.sort((a, b) => rank(a) - rank(b));
    const items = own.map((document) => ({ text: titleOf(document), link: siteLink("docs/x.md", `../${document}`) }));
    return items.length === 0 ? [] : [{ text, items, collapsed }];
  });
}
