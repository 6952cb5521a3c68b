import { startEmbeddedRegistry } from "../../test/support/embedded-registry.ts";
import type { Case } from "./case.ts";
import { removeLogin } from "./installation.ts";
import { compare, mustRun, type Program } from "./measure.ts";

const RUNS = 25;

/** The hook that runs at every start of a container, where it has nothing to do. */
export const hookCase: Case = async (installation) => {
  const registry = await startEmbeddedRegistry({ auth: "bearer", user: "bob", password: "right-password" });
  const [home, other] = [installation.home(), installation.home()];
  try {
    const command = [installation.registryLogin, "login", "--if-changed"];
    const without: Program = { command, env: installation.env(other) };
    const secrets = {
      A_CONTAINER_REGISTRY_SERVER: registry.host,
      A_CONTAINER_REGISTRY_USER: "bob",
      A_CONTAINER_REGISTRY_PASSWORD: "right-password",
    };
    const unchanged: Program = { command, env: installation.env(home, secrets) };
    await mustRun(unchanged);
    const before = registry.requests.length;
    const empty: Program = { command: [installation.node, "-e", "0"], env: installation.env(home) };
    const times = await compare({ without, unchanged, empty }, RUNS);
    const requests = registry.requests.length - before;
    const starts = await installation.countStarts(() => mustRun(without));
    const node = "an empty Node";
    const limit = "the limit";
    return [
      { name: "hook without a secret", ours: times.without, theirs: 15, against: limit, atMost: 1 },
      { name: "its starts of Node", ours: starts, theirs: 0, unit: "starts", against: limit, atMost: 1 },
      {
        name: "hook in a container without secrets",
        ours: times.without,
        theirs: times.empty,
        against: "a program in Node that does nothing",
        atMost: null,
        onChart: true,
      },
      { name: "hook, nothing changed", ours: times.unchanged, theirs: times.empty, against: node, atMost: null },
      { name: "its requests", ours: requests, theirs: 0, unit: "requests", against: limit, atMost: 1 },
    ];
  } finally {
    removeLogin(home);
    await registry.close();
  }
};
