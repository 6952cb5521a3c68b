import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sidebar } from "../../docs/.vitepress/navigation.ts";
import { anchorOf, pages, siteLink, titleOf } from "../../docs/.vitepress/pages.ts";
import { ROOT } from "../../scripts/project.ts";
import { codesPage } from "../../scripts/troubleshooting.ts";
import { CATALOGUE } from "../../src/findings/finding.ts";
import { anchors, linkTargets } from "../support/markdown.ts";

// The documents as a site. `npm run docs:build` makes it, and fails if a link leads to no page.

const site = pages();
const addressOf = (document: string): string => siteLink("docs/x.md", `../${document}`, site);

test("every page is in the navigation once, and the navigation has nothing else", () => {
  const links = sidebar().flatMap(({ items = [] }) => items.map(({ link }) => link));
  const documents = [...site.keys()].filter((document) => document !== "docs/index.md");
  expect(links.toSorted()).toEqual(documents.map(addressOf).sort());
});

test("no two pages have one address or one title", () => {
  expect(new Set(site.values()).size).toBe(site.size);
  const titles = [...site.keys()].filter((document) => document !== "docs/index.md").map(titleOf);
  expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
});

test.each([...site.keys()])(
  "the links of %s lead to pages and their headings, or to files of the repository",
  (document) => {
    const byAddress = new Map([...site.keys()].map((each) => [addressOf(each), each]));
    const dead = linkTargets(readFileSync(join(ROOT, document), "utf8")).filter((target) => {
      const [address = "", anchor] = siteLink(document, target, site).split("#");
      if (/^https?:/.test(address)) return false;
      const page = address === "" ? document : byAddress.get(address);
      if (page === undefined) return !address.startsWith("/");
      return anchor !== undefined && !anchors(readFileSync(join(ROOT, page), "utf8")).has(anchor);
    });
    expect(dead.filter((target) => !target.endsWith(".svg"))).toEqual([]);
  },
);

describe("a link", () => {
  test.each([
    { document: "README.md", target: "docs/user/host.md", link: "/user/host" },
    { document: "docs/user/host.md", target: "../../README.md#registries", link: "/start#registries" },
    {
      document: "docs/user/host.md",
      target: "../../features/registry-login/NOTES.md#options",
      link: "/user/feature#options",
    },
    { document: "docs/platform/allow.md", target: "../decisions/README.md", link: "/decisions/" },
    { document: "docs/platform/allow.md", target: "#rights", link: "#rights" },
    { document: "ARCHITECTURE.md", target: "https://containers.dev", link: "https://containers.dev" },
    {
      document: "docs/contributor/testing.md",
      target: "../../package.json",
      link: "https://github.com/registry-login/registry-login/blob/main/package.json",
    },
    {
      document: "docs/contributor/testing.md",
      target: "../../test/support",
      link: "https://github.com/registry-login/registry-login/tree/main/test/support",
    },
  ])("of $document to $target leads to $link", ({ document, target, link }) => {
    expect(siteLink(document, target, site)).toBe(link);
  });
});

test("the anchor of each code is the code", () => {
  const found = anchors(codesPage());
  const codes = Object.values(CATALOGUE).flatMap((findings) => Object.keys(findings));
  expect(codes.filter((code) => anchorOf(code) !== code || !found.has(code))).toEqual([]);
  expect(codes.length).toBeGreaterThan(100);
});
