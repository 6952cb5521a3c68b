import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

const internal = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  internal.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  internal.addSubnet(net, prefix, "ipv6");
}

/**
 * Is this host name (without port, IPv6 in brackets or not) this machine itself? Names below `localhost` are not: RFC 6761
 * only asks resolvers to answer them so, and a password must not depend on that.
 */
export function isLoopback(name: string): boolean {
  const bare = withoutBrackets(name).replace(/\.$/, "");
  return bare === "localhost" || listed(loopback, bare);
}

/** Is this host name an address that only means something on this machine or in this network (RFC 1918, 3927, 4193, 6598)? */
export function isInternalAddress(name: string): boolean {
  const local = isLoopback(name) || /\.localhost\.?$/.test(name);
  return local || listed(internal, withoutBrackets(name));
}

/** The host name of `host[:port]`, brackets kept. */
export function hostName(host: string): string {
  return host.replace(/:[0-9]+$/, "");
}

function listed(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? "ipv6" : "ipv4");
}

function withoutBrackets(name: string): string {
  return name.startsWith("[") ? name.slice(1, -1) : name;
}
