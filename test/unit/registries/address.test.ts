import { describe, expect, test } from "vitest";
import { isInternalAddress } from "../../../src/registries/address.ts";

interface Row {
  /** The name in the registry of its source. */
  readonly name: string;
  /** The first and the last address, and others of note. */
  readonly inside: readonly string[];
  /** The neighbors. */
  readonly outside?: readonly string[];
}

/** Source: https://www.iana.org/assignments/iana-ipv4-special-registry (2025), and for multicast RFC 5771. */
const IPV4: readonly Row[] = [
  { name: "this network", inside: ["0.0.0.0", "0.255.255.255"], outside: ["1.0.0.0"] },
  { name: "private use 10", inside: ["10.0.0.0", "10.255.255.255"], outside: ["9.255.255.255", "11.0.0.0"] },
  {
    name: "shared address space",
    inside: ["100.64.0.0", "100.127.255.255"],
    outside: ["100.63.255.255", "100.128.0.0"],
  },
  { name: "loopback", inside: ["127.0.0.0", "127.255.255.255"], outside: ["126.255.255.255", "128.0.0.0"] },
  { name: "link local", inside: ["169.254.0.0", "169.254.255.255"], outside: ["169.253.255.255", "169.255.0.0"] },
  { name: "private use 172", inside: ["172.16.0.0", "172.31.255.255"], outside: ["172.15.255.255", "172.32.0.0"] },
  { name: "protocol assignments", inside: ["192.0.0.0", "192.0.0.255"], outside: ["191.255.255.255", "192.0.1.0"] },
  { name: "documentation 1", inside: ["192.0.2.0", "192.0.2.255"], outside: ["192.0.1.255", "192.0.3.0"] },
  { name: "6to4 relay anycast", inside: ["192.88.99.0", "192.88.99.255"], outside: ["192.88.98.255", "192.88.100.0"] },
  { name: "private use 192", inside: ["192.168.0.0", "192.168.255.255"], outside: ["192.167.255.255", "192.169.0.0"] },
  { name: "benchmarking", inside: ["198.18.0.0", "198.19.255.255"], outside: ["198.17.255.255", "198.20.0.0"] },
  { name: "documentation 2", inside: ["198.51.100.0", "198.51.100.255"], outside: ["198.51.99.255", "198.51.101.0"] },
  { name: "documentation 3", inside: ["203.0.113.0", "203.0.113.255"], outside: ["203.0.112.255", "203.0.114.0"] },
  { name: "multicast", inside: ["224.0.0.0", "239.255.255.255"], outside: ["223.255.255.255"] },
  { name: "reserved", inside: ["240.0.0.0", "255.255.255.254"] },
  { name: "limited broadcast", inside: ["255.255.255.255"] },
];

/** Source: https://www.iana.org/assignments/iana-ipv6-special-registry (2025), and for site-local addresses RFC 3879. */
const IPV6: readonly Row[] = [
  { name: "unspecified and loopback", inside: ["::", "::1"] },
  { name: "IPv4-compatible", inside: ["::8.8.8.8", "::169.254.169.254", "::ffff:ffff"] },
  {
    name: "IPv4-translated",
    inside: ["::ffff:0:10.0.0.1", "::ffff:0:a9fe:a9fe"],
    outside: ["0:0:0:0:fffe:0:a9fe:a9fe"],
  },
  { name: "IPv4-mapped, internal", inside: ["::ffff:10.0.0.1", "::ffff:a9fe:a9fe"], outside: ["::ffff:8.8.8.8"] },
  {
    name: "IPv4/IPv6 translation, internal",
    inside: ["64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::168.63.129.16", "64:ff9b::127.0.0.1"],
    // How an IPv6-only network reaches public IPv4 addresses (DNS64).
    outside: ["64:ff9b::8.8.8.8", "64:ff9b::11.0.0.0"],
  },
  {
    name: "local-use translation",
    inside: ["64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:808:808"],
    outside: ["64:ff9b:2::"],
  },
  { name: "discard-only", inside: ["100::", "100::ffff:ffff:ffff:ffff"], outside: ["100:0:0:2::"] },
  { name: "dummy prefix", inside: ["100:0:0:1::", "100:0:0:1:ffff:ffff:ffff:ffff"] },
  { name: "protocol assignments", inside: ["2001::", "2001:1ff:ffff::"], outside: ["2001:200::", "2000:ffff::"] },
  { name: "Teredo", inside: ["2001:0:a9fe:a9fe::", "2001:0:4136:e378:8000:63bf:3fff:fdd2"] },
  { name: "benchmarking", inside: ["2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"] },
  { name: "documentation", inside: ["2001:db8::", "2001:db8:ffff::"], outside: ["2001:db7::", "2001:db9::"] },
  {
    name: "6to4, internal",
    inside: ["2002:a00:1::", "2002:a9fe:a9fe::1", "2002:7f00:1::", "2002:c0a8:101:1::1", "2002:e000:1::"],
    outside: ["2002:808:808::1", "2002:b00::"],
  },
  { name: "documentation, long", inside: ["3fff::", "3fff:fff:ffff::"], outside: ["3fff:1000::", "3ffe:ffff::"] },
  { name: "segment routing", inside: ["5f00::", "5f00:ffff::"], outside: ["5f01::"] },
  { name: "unique local", inside: ["fc00::", "fdff:ffff::"], outside: ["fbff:ffff::"] },
  { name: "link local", inside: ["fe80::", "febf:ffff::"], outside: ["fe00::"] },
  { name: "site local", inside: ["fec0::", "feff:ffff::"] },
  { name: "multicast", inside: ["ff00::", "ff02::1", "ffff:ffff::"] },
  { name: "public", inside: [], outside: ["2606:4700::1111", "2a00:1450:4001::", "2001:4860:4860::8888"] },
];

/** Source: the documentation of each provider. */
const METADATA: readonly Row[] = [
  { name: "AWS, Google and Azure", inside: ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"] },
  { name: "AWS over IPv6", inside: ["fd00:ec2::254"] },
  { name: "tasks of AWS ECS", inside: ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"] },
  { name: "Azure's platform", inside: ["168.63.129.16"], outside: ["168.63.129.15", "168.63.129.17"] },
  { name: "Google over IPv6", inside: ["fd20:ce::254"] },
  { name: "Alibaba", inside: ["100.100.100.200"] },
  { name: "Oracle", inside: ["192.0.0.192"] },
];

describe.each([
  { group: "IPv4", rows: IPV4 },
  { group: "IPv6", rows: IPV6 },
  { group: "the metadata service of", rows: METADATA },
])("$group", ({ rows }) => {
  test.each(rows)("an address of $name", ({ inside, outside = [] }) => {
    const judged = [...inside, ...outside].map((address) => [address, isInternalAddress(address)]);
    expect(judged).toEqual([...inside.map((each) => [each, true]), ...outside.map((each) => [each, false])]);
  });
});

test.each(["[fec0::1]", "[64:ff9b::a00:1]", "fe80::1%eth0"])(
  "%s is read in the form of a URL or of a socket",
  (address) => {
    expect(isInternalAddress(address)).toBe(true);
  },
);
