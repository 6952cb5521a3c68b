import { loadNet } from "../platform/lazy-modules.ts";

type Subnets = Readonly<Record<"ipv4" | "ipv6", readonly (readonly [net: string, prefix: number])[]>>;

const LOOPBACK: Subnets = { ipv4: [["127.0.0.0", 8]], ipv6: [["::1", 128]] };

const INTERNAL: Subnets = {
  ipv4: [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
  ],
  ipv6: [
    ["::", 127],
    ["fc00::", 7],
    ["fe80::", 10],
  ],
};

/**
 * Is this host name (without port, IPv6 in brackets or not) this machine itself? Names below `localhost` do not count: RFC
 * 6761 only asks resolvers to resolve them so, and the safety of a password must not depend on that.
 */
export function isLoopback(name: string): boolean {
  const bare = withoutBrackets(name).replace(/\.$/, "");
  return bare === "localhost" || listed(LOOPBACK, bare);
}

/** Is this host name an address that is only valid on this machine or in this network (RFC 1918, 3927, 4193, 6598)? */
export function isInternalAddress(name: string): boolean {
  const local = isLoopback(name) || /\.localhost\.?$/.test(name);
  return local || listed(INTERNAL, withoutBrackets(name));
}

/** The host name of `host[:port]`, brackets kept. */
export function hostName(host: string): string {
  return host.replace(/:[0-9]+$/, "");
}

function listed(subnets: Subnets, address: string): boolean {
  // Most hosts are names, and node:net takes milliseconds to load.
  if (!/^[0-9.]+$|:/.test(address)) return false;
  const { BlockList, isIP } = loadNet();
  const version = isIP(address);
  if (version === 0) return false;
  const list = new BlockList();
  for (const [net, prefix] of subnets.ipv4) list.addSubnet(net, prefix, "ipv4");
  // BlockList also matches IPv4 addresses that are mapped into IPv6.
  for (const [net, prefix] of subnets.ipv6) list.addSubnet(net, prefix, "ipv6");
  return list.check(address, version === 6 ? "ipv6" : "ipv4");
}

function withoutBrackets(name: string): string {
  return name.startsWith("[") ? name.slice(1, -1) : name;
}
