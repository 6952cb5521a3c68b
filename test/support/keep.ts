/** Do the container tests leave their containers, for somebody to look into? `KEEP=1 npm run test:containers -- FILE`. */
export const KEEP = process.env.KEEP === "1";

/**
 * Prints how to enter a container that is kept, and how to remove it.
 * @param what what it is to the test
 * @param container its id
 * @param user the user that the test ran commands as
 */
export function printKept(what: string, container: string, user = "root"): void {
  const id = container.slice(0, 12);
  console.log(`kept ${what}: docker exec -it -u ${user} ${id} sh (docker rm -f -v ${id} removes it)`);
}
