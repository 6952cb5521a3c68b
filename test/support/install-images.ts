import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { BASE_IMAGE, buildImage, debian, ensureImage } from "./images.ts";

// Images to install the Feature in, made without a registry: what a dev container may be built from, and lack.

/** Debian 12 without curl, wget, CA bundle and Node. */
export const BARE_IMAGE = "registry-login-test/bare";
/** The same of Debian 13, with what its own bootstrap brings. */
export const TRIXIE_IMAGE = "registry-login-test/trixie";
/** busybox with its ash, and the C and C++ libraries that Node needs; no Debian around them. */
export const BUSYBOX_IMAGE = "registry-login-test/busybox";
/** Debian 12 with curl, wget, and a Node that is too old. */
export const OLD_NODE_IMAGE = "registry-login-test/old-node";
/** Debian 12 with two Nodes under nvm, as the devcontainers' node Feature lays it out, and one in a user's home. */
export const NVM_IMAGE = "registry-login-test/nvm";
/** Debian 12 with the programs that check shell scripts. */
export const SHELLCHECK_IMAGE = "registry-login-test/shellcheck";

/** The version of the Node that is too old. */
export const OLD_NODE = "16.20.2";
/** Where the nvm image has its versions, and the link that `nvm use` moves. */
export const NVM = "/usr/local/share/nvm";

const APT = "apt-get -qq -o Dpkg::Use-Pty=0";
const LISTS = "rm -rf /var/lib/apt/lists/*";

const RECIPES: Readonly<Record<string, (context: string) => Promise<string>>> = {
  [BARE_IMAGE]: async () => `FROM ${BASE_IMAGE}
RUN ${APT} purge -y --auto-remove curl ca-certificates openssl >/dev/null && rm -rf /etc/ssl
`,
  [TRIXIE_IMAGE]: async (context) => `FROM ${await debian("trixie", context)}\n`,
  // Everything that busybox and Node are linked with, by the names that they ask for.
  [BUSYBOX_IMAGE]: async () => `FROM ${BASE_IMAGE} AS debian
RUN ${APT} update && ${APT} install -y --no-install-recommends busybox >/dev/null \\
 && mkdir -p /root-of/bin /root-of/etc /root-of/tmp /root-of/root \\
 && chmod 1777 /root-of/tmp && chmod 700 /root-of/root \\
 && cp /bin/busybox /root-of/bin/ \\
 && for each in $(/bin/busybox --list | grep -v busybox); do ln -s busybox "/root-of/bin/$each"; done \\
 && printf 'root:x:0:0::/root:/bin/sh\\n' >/root-of/etc/passwd \\
 && printf 'root:x:0:\\n' >/root-of/etc/group \\
 && for each in $(ldd /usr/bin/apt-get | grep -oE '/[^ ]*(ld-linux|libc\\.|libm\\.|libstdc|libgcc)[^ ]*') $(ls /lib/*/libdl.so.2 /lib/*/libpthread.so.0 /lib/*/libresolv.so.2); do \\
      mkdir -p "/root-of$(dirname "$each")" && cp -L "$each" "/root-of$each"; \\
    done
FROM scratch
COPY --from=debian /root-of /
CMD ["sh"]
`,
  [OLD_NODE_IMAGE]: async (context) => {
    fetchNode(OLD_NODE, join(context, "node"));
    return `FROM ${BASE_IMAGE}
RUN ${APT} update && ${APT} install -y --no-install-recommends wget >/dev/null && ${LISTS}
COPY node /usr/local/bin/node
`;
  },
  [NVM_IMAGE]: async (context) => {
    fetchNode(OLD_NODE, join(context, "old"));
    copyFileSync(process.execPath, join(context, "new"));
    return `FROM ${BASE_IMAGE}
COPY new ${NVM}/versions/node/${process.version}/bin/node
COPY old ${NVM}/versions/node/v${OLD_NODE}/bin/node
RUN useradd --create-home --uid 1000 dev && ln -s versions/node/${process.version} ${NVM}/current \\
 && mkdir -p /home/dev/.nvm/versions/node/${process.version}/bin \\
 && ln ${NVM}/current/bin/node /home/dev/.nvm/versions/node/${process.version}/bin/node \\
 && ln -s /home/dev/.nvm/versions/node/${process.version}/bin/node /usr/local/bin/node
ENV PATH=${NVM}/current/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`;
  },
  [SHELLCHECK_IMAGE]: async () => `FROM ${BASE_IMAGE}
RUN ${APT} update && ${APT} install -y --no-install-recommends shellcheck >/dev/null && ${LISTS}
`,
};

/** Makes those of the images above that are missing. */
export async function ensureInstallImages(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await ensureImage(name, async (context) => {
      const recipe = RECIPES[name];
      if (recipe === undefined) throw new Error(`no recipe for the image ${name}`);
      await buildImage(name, context, await recipe(context));
    });
  }
}

/** Puts a version of Node, as the npm registry has it for this processor, into a file. */
function fetchNode(version: string, file: string): void {
  const folder = `${file}-package`;
  mkdirSync(folder);
  const name = `node-linux-${process.arch}`;
  execFileSync("npm", ["pack", `${name}@${version}`, "--pack-destination", folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  execFileSync("tar", ["-xzf", join(folder, `${name}-${version}.tgz`), "-C", folder, "package/bin/node"]);
  copyFileSync(join(folder, "package/bin/node"), file);
}
