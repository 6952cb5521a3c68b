import { relative } from "node:path";
import { defineConfig } from "vitepress";
import { sidebar } from "./navigation.ts";
import { anchorOf, pages, ROOT, repeatedDocuments, siteLink } from "./pages.ts";

const site = pages();

export default defineConfig({
  title: "registry-login",
  description: "Logs docker, podman and other container clients in to private registries, in any dev container",
  lang: "en-US",
  // GitHub Pages of the repository.
  base: "/registry-login/",
  srcDir: "..",
  outDir: "../build/docs",
  cacheDir: "../build/vitepress",
  cleanUrls: true,
  srcExclude: ["build/**", "scripts/**", "src/**", "test/**", ...repeatedDocuments()],
  rewrites: Object.fromEntries(site),
  markdown: {
    // Names like <ID> are words.
    html: false,
    // As GitHub makes them, so that a link to a heading works in both places.
    anchor: { slugify: (heading) => anchorOf(heading) },
    config: (markdown) => {
      markdown.core.ruler.before("normalize", "no-comments", (state) => {
        state.src = state.src.replaceAll(/^<!--.*?-->$/gms, "");
      });
      // Documents link to each other as files of the repository, so that GitHub shows them too.
      markdown.core.ruler.push("site-links", ({ tokens, env }) => {
        const { path, realPath = path } = env as { path: string; realPath?: string };
        const document = relative(ROOT, realPath).replaceAll("\\", "/");
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const target = token.attrGet("href");
          // GitHub's expressions are not those of Vue.
          if (token.type === "code_inline") token.attrSet("v-pre", "");
          if (token.type === "link_open" && target !== null) token.attrSet("href", siteLink(document, target, site));
        }
      });
    },
  },
  themeConfig: {
    nav: [
      { text: "Start", link: "/start" },
      { text: "Troubleshooting", link: "/user/troubleshooting" },
      { text: "Trust", link: "/platform/trust" },
      { text: "Contribute", link: "/contributor/contributing" },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: "local" },
    editLink: {
      pattern: ({ filePath }) => `https://github.com/registry-login/registry-login/edit/main/${filePath}`,
      text: "Edit this page",
    },
    socialLinks: [{ icon: "github", link: "https://github.com/registry-login/registry-login" }],
  },
});
