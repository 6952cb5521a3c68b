import { startEmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import { forget } from "./bed.ts";
import type { Case } from "./case.ts";
import { compare, mustRun, type Program } from "./measure.ts";

const RUNS = 25;

/** The hook that runs at every start of a container, where it has nothing to do. */
export const hookCase: Case = async (bed) => {
  const registry = await startEmbeddedRegistry({ auth: "bearer", user: "bob", password: "right-password" });
  const [home, other] = [bed.home(), bed.home()];
  try {
    const command = [bed.registryLogin, "login", "--if-changed"];
    const without: Program = { command, env: bed.env(other) };
    const secrets = {
      A_CONTAINER_REGISTRY_SERVER: registry.host,
      A_CONTAINER_REGISTRY_USER: "bob",
      A_CONTAINER_REGISTRY_PASSWORD: "right-password",
    };
    const unchanged: Program = { command, env: bed.env(home, secrets) };
    await mustRun(unchanged);
    const before = registry.requests.length;
    const empty: Program = { command: [bed.node, "-e", "0"], env: bed.env(home) };
    const times = await compare({ without, unchanged, empty }, RUNS);
    const asked = registry.requests.length - before;
    return [
      { name: "hook without a secret", ours: times.without, theirs: 15, against: "the limit", atMost: 1 },
      {
        name: "hook, nothing changed",
        ours: times.unchanged,
        theirs: times.empty,
        against: "an empty Node",
        atMost: null,
      },
      { name: "its requests", ours: asked, theirs: 0, unit: "requests", against: "the limit", atMost: 1 },
    ];
  } finally {
    forget(home);
    await registry.close();
  }
};
