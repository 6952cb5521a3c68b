import { expect, onTestFinished, test } from "vitest";
import { TOOLS_IMAGE } from "../support/images.ts";
import { startPlainContainer } from "../support/plain-container.ts";

// dash and busybox's ash are the shells of the images that other tests install in.
test("bash as /bin/sh, which Fedora, openSUSE and Arch have, runs install.sh and the launchers", async () => {
  const started = await startPlainContainer(TOOLS_IMAGE);
  onTestFinished(() => started.remove());
  expect(await started.sh("ln -sf bash /bin/sh")).toMatchObject({ exitCode: 0 });
  expect(await started.install()).toMatchObject({ exitCode: 0, stderr: "" });
  expect(await started.sh("registry-login --version")).toMatchObject({ exitCode: 0, stderr: "" });
});

test("completion is installed where the image's shells look for it", async () => {
  const started = await startPlainContainer(TOOLS_IMAGE);
  onTestFinished(() => started.remove());
  const folders =
    "/usr/share/bash-completion/completions /usr/share/zsh/site-functions /usr/share/fish/vendor_completions.d";
  expect(await started.sh(`rm -rf ${folders} && mkdir -p ${folders}`)).toMatchObject({ exitCode: 0 });
  expect(await started.install()).toMatchObject({ exitCode: 0, stderr: "" });
  const complete = ". /usr/share/bash-completion/completions/registry-login && complete -p registry-login";
  expect((await started.sh(`bash -c '${complete}'`)).stdout).toContain("registry-login");
  const files =
    "/usr/share/zsh/site-functions/_registry-login /usr/share/fish/vendor_completions.d/registry-login.fish";
  expect(await started.sh(`grep -q registry-login ${files}`)).toMatchObject({ exitCode: 0 });
});
