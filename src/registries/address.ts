import { loadNet } from "../platform/lazy-modules.ts";

type Subnets = Readonly<Record<"ipv4" | "ipv6", readonly (readonly [net: string, prefix: number])[]>>;

const LOOPBACK: Subnets = { ipv4: [["127.0.0.0", 8]], ipv6: [["::1", 128]] };

/**
 * What is not publicly reachable. Sources: the IANA registries of special-purpose addresses, for IPv4 and for IPv6; the
 * addresses of cloud providers' own services in their documentation.
 */
const INTERNAL_V4: Subnets["ipv4"] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // Azure's platform services, which have a public address, for the virtual machine alone.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  // Multicast, and what is reserved.
  ["224.0.0.0", 3],
];

const INTERNAL: Subnets = {
  ipv4: INTERNAL_V4,
  ipv6: [
    // Unspecified, loopback, and IPv4-compatible.
    ["::", 96],
    // IPv4-translated, of a translator on the way (RFC 2765).
    ["::ffff:0:0:0", 96],
    ["64:ff9b:1::", 48],
    ["100::", 64],
    ["100:0:0:1::", 64],
    // Protocol assignments, Teredo and benchmarks among them.
    ["2001::", 23],
    ["2001:db8::", 32],
    ["3fff::", 20],
    ["5f00::", 16],
    ["fc00::", 7],
    // Link-local, and the site-local addresses of old.
    ["fe80::", 9],
    ["ff00::", 8],
    // A gateway translates these to IPv4: NAT64 (RFC 6052), and 6to4 (RFC 3056).
    ...INTERNAL_V4.map(([net, prefix]) => [`64:ff9b::${net}`, 96 + prefix] as const),
    ...INTERNAL_V4.map(([net, prefix]) => [`2002:${groupsOf(net)}::`, 16 + prefix] as const),
  ],
};

/** An IPv4 address as two groups of an IPv6 address. */
function groupsOf(address: string): string {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(":");
}

/**
 * Is this host name (without port, IPv6 in brackets or not) this machine itself? Names below `localhost` do not count: RFC
 * 6761 only asks resolvers to resolve them so, and the safety of a password must not depend on that.
 */
export function isLoopback(name: string): boolean {
  const bare = withoutBrackets(name).replace(/\.$/, "");
  return bare === "localhost" || listed(LOOPBACK, bare);
}

/** Is this host name an address that is only valid on this machine or in this network, or not valid at all? */
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
