import { printable } from "../printable.ts";
import type { Obstacle } from "./visibility.ts";

/** More hosts than this do not fit on a line. */
const MAX_NAMED = 3;

/** What clients use instead of our logins, as the end of a report's first line; "" where they use ours. */
export function describeInstead(logins: readonly { readonly obstacles?: readonly Obstacle[] }[]): string {
  const texts = logins.map(({ obstacles = [] }) => describeObstacles(obstacles));
  const different = [...new Set(texts)].filter((text) => text !== "");
  const more = different.length > MAX_NAMED ? [`${different.length - MAX_NAMED} more are not used`] : [];
  return ["", ...different.slice(0, MAX_NAMED), ...more].join("; ");
}

function describeObstacles(obstacles: readonly Obstacle[]): string {
  const uses = obstacles.map(({ client, key, user, helper }) => {
    const instead = user === null ? `docker-credential-${helper}` : `the login of ${user}`;
    return user === null && helper === null
      ? { client, verbs: ["does not use", "do not use"], what: `the login to ${printable(key)}` }
      : { client, verbs: ["uses", "use"], what: printable(`${instead} for ${key}`) };
  });
  return [...new Set(uses.map(({ what }) => what))]
    .map((what) => {
      const same = uses.filter((each) => each.what === what);
      const [one, several] = same[0]?.verbs ?? [];
      return `${same.map(({ client }) => client).join(" and ")} ${same.length === 1 ? one : several} ${what}`;
    })
    .join(", ");
}
