import { connect, isIP, isIPv6, type LookupFunction, type Socket } from "node:net";
import { failure } from "./failure.ts";

const VERSION = 5;
const NO_LOGIN = 0;
const LOGIN = 2;
const CONNECT = 1;
const ADDRESS = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** Why a proxy does not connect. Source: RFC 1928 section 6. */
const REPLIES: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "not allowed",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "time to live expired",
};

/**
 * Opens a connection through a SOCKS5 proxy, which resolves the name.
 * @param proxy its URL, maybe with user and password
 * @throws an error with the code ERR_PROXY_407 (the proxy does not accept the login, or requires one), ERR_PROXY_REFUSES with
 *   the proxy's reason as `status`, ERR_PROXY_SCHEME (it does not speak SOCKS5), or an error of the connection to the proxy
 * Source: RFC 1928, RFC 1929; Go's golang.org/x/net/internal/socks, which sends the same
 */
export async function openSocks(
  proxy: URL,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  lookup?: LookupFunction,
): Promise<Socket> {
  const socket = connect({
    host: proxy.hostname.replace(/^\[|\]$/g, ""),
    port: Number(proxy.port) || 1080,
    signal,
    ...(lookup === undefined ? {} : { lookup }),
  });
  try {
    await greet(socket, proxy);
    socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressOf(target.host), portOf(target.port)]));
    const [version, reply = 1, , kind] = await read(socket, 4);
    if (version !== VERSION) throw failure("ERR_PROXY_SCHEME");
    if (reply !== 0) throw failure("ERR_PROXY_REFUSES", { status: REPLIES[reply] ?? `SOCKS error ${reply}` });
    // The address from which the proxy connects, which is of no use here.
    const length = kind === ADDRESS.ipv4 ? 4 : kind === ADDRESS.ipv6 ? 16 : ((await read(socket, 1))[0] ?? 0);
    await read(socket, length + 2);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function greet(socket: Socket, { username, password }: URL): Promise<void> {
  const hasLogin = username !== "" || password !== "";
  const methods = hasLogin ? [NO_LOGIN, LOGIN] : [NO_LOGIN];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await read(socket, 2);
  if (version !== VERSION) throw failure("ERR_PROXY_SCHEME");
  if (method === NO_LOGIN) return;
  if (method !== LOGIN || !hasLogin) throw failure("ERR_PROXY_407", { status: "login required" });
  const fields = [username, password].map((text) => Buffer.from(decodeURIComponent(text)));
  if (fields.some(({ length }) => length > 255)) throw failure("ERR_PROXY_407", { status: "login too long" });
  socket.write(Buffer.concat([Buffer.from([1]), ...fields.flatMap((text) => [Buffer.from([text.length]), text])]));
  const [, status] = await read(socket, 2);
  if (status !== 0) throw failure("ERR_PROXY_407", { status: "login rejected" });
}

function addressOf(host: string): Buffer {
  if (isIP(host) === 0) return Buffer.concat([Buffer.from([ADDRESS.name, Buffer.byteLength(host)]), Buffer.from(host)]);
  return isIPv6(host)
    ? Buffer.concat([Buffer.from([ADDRESS.ipv6]), groupsOf(host)])
    : Buffer.from([ADDRESS.ipv4, ...host.split(".").map(Number)]);
}

/** The 16 bytes of an IPv6 address in the form that a URL gives it: without an IPv4 tail and without a zone. */
function groupsOf(host: string): Buffer {
  const [head = "", tail] = host.split("::");
  const parse = (text: string | undefined): number[] =>
    text === undefined || text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
  const [before, after] = [parse(head), parse(tail)];
  const groups = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  const bytes = Buffer.alloc(16);
  groups.forEach((group, index) => {
    bytes.writeUInt16BE(group, 2 * index);
  });
  return bytes;
}

function portOf(port: number): Buffer {
  return Buffer.from([port >> 8, port & 255]);
}

/** Reads exactly so many bytes; what follows stays in the socket. */
function read(socket: Socket, count: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const end = (error: Error): void => {
      stop();
      reject(error);
    };
    const tryRead = (): void => {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes === null) return;
      stop();
      // At the end of the stream, a read returns what there is.
      if (bytes.length === count) resolve(bytes);
      else reject(failure("ECONNRESET"));
    };
    const closed = (): void => end(failure("ECONNRESET"));
    const stop = (): void => {
      socket.off("readable", tryRead).off("error", end).off("end", closed).off("close", closed);
      // An error between two steps, or while the socket is destroyed, would otherwise end the process.
      socket.on("error", () => undefined);
    };
    socket.on("readable", tryRead).on("error", end).on("end", closed).on("close", closed);
    tryRead();
  });
}
