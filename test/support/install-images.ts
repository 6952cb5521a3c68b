import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_IMAGE, buildImage, debian, ensureImage } from "./images.ts";

// Images to install the Feature in, made without a registry: what a dev container may be built from, and lack.

/** Debian 12 without curl, wget, CA bundle and Node. */
export const BARE_IMAGE = "registry-login-test/bare";
/** The same of Debian 13, with what its own bootstrap brings. */
export const TRIXIE_IMAGE = "registry-login-test/trixie";
/** busybox with its ash, and the C and C++ libraries that Node needs; no Debian around them. */
export const BUSYBOX_IMAGE = "registry-login-test/busybox";
/** The same for arm64, whatever this machine's processor. */
export const ARM64_IMAGE = "registry-login-test/arm64";
/** Debian 12 with curl, wget, and a Node that is too old. */
export const OLD_NODE_IMAGE = "registry-login-test/old-node";
/** Debian 12 with two Nodes under nvm, as the devcontainers' node Feature lays it out, and one in a user's home. */
export const NVM_IMAGE = "registry-login-test/nvm";
/** Debian 12 without gzip, which its dnf and zypper have in a repository of rpm packages, as minimal Fedoras have. */
export const RPM_IMAGE = "registry-login-test/rpm";
/** The package that comes along with that gzip. */
export const BROUGHT_ALONG = "brought-along";
/** The emulator for arm64, with what Linux has to be told about it. */
export const EMULATOR_IMAGE = "registry-login-test/emulator";

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
  [BUSYBOX_IMAGE]: async () => busyboxWithLibraries('"$(dpkg --print-architecture)"'),
  [ARM64_IMAGE]: async () => busyboxWithLibraries("arm64"),
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
  [RPM_IMAGE]: async (context) => {
    const head = (name: string) =>
      `Name: ${name}\nVersion: 1\nRelease: 1\nSummary: test\nLicense: MIT\nAutoReqProv: no\n`;
    const gzip = `Requires: ${BROUGHT_ALONG}\n%description\ntest\n%install\ninstall -D /bin/gzip %{buildroot}/usr/bin/gzip\n%files\n/usr/bin/gzip\n`;
    writeFileSync(join(context, "gzip.spec"), head("gzip") + gzip);
    writeFileSync(join(context, "along.spec"), `${head(BROUGHT_ALONG)}%description\ntest\n%files\n`);
    writeFileSync(join(context, "test.repo"), "[test]\nname=test\nbaseurl=file:///repo\nenabled=1\ngpgcheck=0\n");
    // Debian's rpm keeps its list of packages in a home folder.
    writeFileSync(join(context, "macros"), "%_dbpath /var/lib/rpm\n%_rpmdir /repo\n");
    return `FROM ${BASE_IMAGE}
RUN ${APT} update && ${APT} install -y --no-install-recommends dnf zypper createrepo-c rpm >/dev/null && ${LISTS}
COPY macros /etc/rpm/macros
COPY *.spec /specs/
RUN mkdir /repo && rpmbuild -bb --quiet /specs/*.spec && createrepo_c -q /repo && rm -r /specs /bin/gzip
COPY test.repo /etc/yum.repos.d/
COPY test.repo /etc/zypp/repos.d/
`;
  },
  [EMULATOR_IMAGE]: async () => `FROM ${BASE_IMAGE} AS debian
WORKDIR /packages
RUN ${APT} update && ${APT} download qemu-user-static && dpkg-deb -x *.deb /unpacked
FROM ${BASE_IMAGE}
COPY --from=debian /unpacked/usr/bin/qemu-aarch64-static /usr/libexec/qemu-binfmt/aarch64-binfmt-P
COPY --from=debian /unpacked/usr/lib/binfmt.d/qemu-aarch64.conf /usr/lib/binfmt.d/
`,
};

/** busybox and what it and Node are linked with, for any processor: taken out of packages, since nothing runs yet. */
function busyboxWithLibraries(processor: string): string {
  return `FROM ${BASE_IMAGE} AS debian
WORKDIR /packages
RUN dpkg --add-architecture ${processor} && ${APT} update && ${APT} install -y --no-install-recommends busybox >/dev/null \\
 && for each in busybox libc6 libstdc++6 libgcc-s1; do ${APT} download "$each:"${processor}; done \\
 && for each in *.deb; do dpkg-deb -x "$each" /unpacked; done \\
 && mkdir -p /root-of/bin /root-of/etc /root-of/root /root-of/usr && mkdir -m 1777 /root-of/tmp \\
 && cp -a /unpacked/lib* /root-of/ && cp -a /unpacked/usr/lib /root-of/usr/ && cp /unpacked/bin/busybox /root-of/bin/ \\
 && for each in $(busybox --list | grep -v busybox); do ln -s busybox "/root-of/bin/$each"; done \\
 && printf 'root:x:0:0::/root:/bin/sh\\n' >/root-of/etc/passwd && printf 'root:x:0:\\n' >/root-of/etc/group
FROM scratch
COPY --from=debian /root-of /
CMD ["sh"]
`;
}

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
