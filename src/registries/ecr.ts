import type { RecognizeKind } from "./kind.ts";

// One alternative per DNS suffix of a partition. The whole host must match: a host that merely contains such a name may
// belong to anybody.
const SUFFIXES = [
  "amazonaws.com",
  "amazonaws.com.cn",
  "amazonaws.eu",
  "on.aws",
  "on.amazonwebservices.com.cn",
  "c2s.ic.gov",
  "sc2s.sgov.gov",
  "cloud.adc-e.uk",
  "csp.hci.ic.gov",
];
const HOST = new RegExp(
  `^([0-9]{12})\\.dkr[.-]ecr(-fips)?\\.([a-z0-9][a-z0-9_-]*)\\.(${SUFFIXES.map((s) => s.replaceAll(".", "\\.")).join("|")})$`,
);

/** A private registry of AWS ECR. Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
export const ecr: RecognizeKind = ({ host }) => {
  const match = HOST.exec(host);
  if (match === null) return undefined;
  const [, account = "", fips, region = "", suffix = ""] = match;
  return { kind: "ecr", account, region, fips: fips !== undefined, dualStack: suffix.startsWith("on.") };
};
