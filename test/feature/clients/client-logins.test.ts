import { expect, test } from "vitest";
import { DOCKER_ROWS } from "../../support/client-logins/docker-rows.ts";
import { PODMAN_ROWS } from "../../support/client-logins/podman-rows.ts";
import { startListener } from "../../support/client-logins/real-clients.ts";
import { CLIENTS, type Client, expectedOf, type Row, type Sent } from "../../support/client-logins/row.ts";

/** As many clients at the same time keep two cores busy. */
const WORKERS = 3;

/** buildah has podman's code, so that a part of the table shows that it reads the same files. */
const ROWS: Readonly<Record<Client, readonly Row[]>> = {
  docker: [...DOCKER_ROWS, ...PODMAN_ROWS],
  podman: [...DOCKER_ROWS, ...PODMAN_ROWS],
  skopeo: [...DOCKER_ROWS, ...PODMAN_ROWS],
  buildah: PODMAN_ROWS,
};

// What our look-up says about the same rows: test/unit/clients/client-logins.test.ts.
test.each(CLIENTS)(
  "the real %s sends what the table says, which our look-up is tested with",
  async (client) => {
    const listener = await startListener();
    const found = new Map<string, { readonly sent: Sent; readonly warns: boolean }>();
    const queue = [...ROWS[client]];
    const work = async (): Promise<void> => {
      for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
        const { sent, warns } = await listener.run(client, row);
        const isUndecided = expectedOf(row, client) === "undecided";
        found.set(row.name, { sent: isUndecided ? "undecided" : sent, warns });
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    const expected = ROWS[client].map((row) => [
      row.name,
      { sent: expectedOf(row, client), warns: client === "docker" && row.warns === true },
    ]);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  },
  180_000,
);
