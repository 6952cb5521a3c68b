import { describe, expect, onTestFinished, test } from "vitest";
import { TOOLS_IMAGE } from "../support/images.ts";
import { type PlainContainer, startPlainContainer } from "../support/plain-container.ts";

// Images whose user owns or has written to the folders that the Feature is installed in.

/** A container with a Node that stays root's, whatever happens to /usr/local. */
async function start(before: string): Promise<PlainContainer> {
  const started = await startPlainContainer(TOOLS_IMAGE);
  onTestFinished(() => started.remove());
  expect(await started.sh(`mv /usr/local/bin/node /usr/bin/node; ${before}`)).toMatchObject({
    exitCode: 0,
    output: "",
  });
  return started;
}

const FOLDERS = "/usr/local /usr/local/bin /usr/local/lib /usr/local/share";

describe.each([
  ["everything below /usr/local", "chown -R vscode /usr/local", "/usr/local/lib"],
  ["/usr/local", "chown vscode /usr/local", "/usr/local"],
  ["/usr/local/bin, through its group", "chgrp vscode /usr/local/bin && chmod g+w /usr/local/bin", "/usr/local/bin"],
])("where a user may change %s", (_, before, part) => {
  test("the installation says so, and fails with the option root until the folders are root's", async () => {
    const started = await start(before);
    const noted = await started.install();
    expect(noted).toMatchObject({ exitCode: 0 });
    expect(noted.output).toContain(
      `registry-login: note: another user than root can replace this program, because ${part} is not root's alone\n`,
    );
    const { output, exitCode } = await started.install({ ROOT: "true" });
    expect(exitCode).toBe(1);
    expect(output).toContain(`another user than root could replace it: ${part} is not root's alone`);
    const remedy = /-> run (chown .*) in the image/.exec(output)?.[1];
    expect(remedy).toBe(`chown root:root ${FOLDERS} && chmod go-w ${FOLDERS}`);
    expect(await started.sh(`${remedy}`)).toMatchObject({ exitCode: 0 });
    const fixed = await started.install({ ROOT: "true" });
    expect(fixed).toMatchObject({ exitCode: 0 });
    expect(fixed.output).not.toContain("another user than root could");
  });
});

test("an earlier installation with the option root counts, too", async () => {
  const started = await start("true");
  expect(await started.install({ ROOT: "true" })).toMatchObject({ exitCode: 0 });
  expect(await started.sh("chown vscode /usr/local")).toMatchObject({ exitCode: 0 });
  expect(await started.install()).toMatchObject({ exitCode: 1 });
});

test("nothing is written through a symlink that is there already", async () => {
  const bash = "/usr/share/bash-completion/completions";
  const links = [
    "/usr/local/share/registry-login/options",
    "/usr/local/share/registry-login/options.new",
    "/usr/local/bin/registry-login",
    "/usr/local/bin/docker-credential-registry-login",
    `${bash}/registry-login`,
  ];
  const started = await start(
    `mkdir -p /usr/local/share/registry-login ${bash} /etc/folder; echo precious >/etc/precious; chmod 600 /etc/precious;` +
      `for link in ${links.join(" ")}; do ln -s /etc/precious $link; done; ln -s /etc/folder /usr/local/lib/registry-login`,
  );
  expect(await started.install({ STRICT: "true" })).toMatchObject({ exitCode: 0 });
  const look = await started.sh("cat /etc/precious; stat -c %a /etc/precious; ls -A /etc/folder");
  expect(look.stdout).toBe("precious\n600\n");
  expect((await started.sh("cat /usr/local/share/registry-login/options")).stdout).toBe("strict=true\n");
  expect(await started.sh("registry-login --version")).toMatchObject({ exitCode: 0 });
});

test("a second installation keeps the first one's options, in a file of root's that everybody can read", async () => {
  const started = await start("true");
  expect(await started.install({ STRICT: "true" })).toMatchObject({ exitCode: 0 });
  const file = "/usr/local/share/registry-login/options";
  expect(await started.sh(`chown vscode ${file} && chmod 600 ${file}`)).toMatchObject({ exitCode: 0 });
  expect(await started.install({ STORAGE: "disk" })).toMatchObject({ exitCode: 0 });
  expect((await started.sh(`cat ${file}; stat -c '%u %a' ${file}`)).stdout).toBe("strict=true\nstorage=disk\n0 644\n");
});
