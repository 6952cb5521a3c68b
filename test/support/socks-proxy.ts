import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

/** A SOCKS5 proxy of this machine that ends with the test. */
export interface SocksProxy {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** All that clients sent before the tunnels were open, in hexadecimal digits, one text for each connection. */
  readonly sent: readonly string[];
}

export interface SocksOptions {
  /** The login that it requires, as `user:password`. */
  readonly login?: string;
  /** What it answers instead of opening a tunnel; see RFC 1928 section 6. */
  readonly reply?: number;
  /** The type of the address in its answer: IPv4, a name, or IPv6. */
  readonly bound?: 1 | 3 | 4;
  /** Sends each byte of its answers alone. */
  readonly isSlow?: boolean;
}

const BOUND = { 1: [0, 0, 0, 0], 3: [4, 104, 101, 114, 101], 4: Array<number>(16).fill(0) } as const;

/**
 * Starts one that connects every tunnel to one port of this machine.
 * Source: RFC 1928, RFC 1929
 */
export async function startSocksProxy(port: number, options: SocksOptions = {}): Promise<SocksProxy> {
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => client.destroy());
    serve(client, sent, port, options, sockets).catch(() => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, sent };
}

async function serve(
  client: Socket,
  sent: string[],
  port: number,
  { login, reply = 0, bound = 1, isSlow = false }: SocksOptions,
  sockets: Set<Socket>,
): Promise<void> {
  const nth = sent.push("") - 1;
  const read = async (count: number): Promise<Buffer> => {
    for (;;) {
      const bytes = client.read(count) as Buffer | null;
      if (bytes === null) {
        await once(client, "readable");
        continue;
      }
      sent[nth] += bytes.toString("hex");
      return bytes;
    }
  };
  const write = async (...bytes: readonly number[]): Promise<void> => {
    if (!isSlow) return void client.write(Buffer.from(bytes));
    for (const byte of bytes) {
      client.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const [, count = 0] = await read(2);
  const methods = [...(await read(count))];
  const method = login === undefined ? 0 : 2;
  await write(5, methods.includes(method) ? method : 255);
  if (!methods.includes(method)) return void client.end();
  if (login !== undefined) {
    const [, userLength = 0] = await read(2);
    const user = await read(userLength);
    const [passwordLength = 0] = await read(1);
    const isRight = `${user}:${await read(passwordLength)}` === login;
    await write(1, isRight ? 0 : 1);
    if (!isRight) return void client.end();
  }
  const [, , , kind] = await read(4);
  await read((kind === 1 ? 4 : kind === 4 ? 16 : ((await read(1))[0] ?? 0)) + 2);
  if (reply !== 0) {
    await write(5, reply, 0, 1, 0, 0, 0, 0, 0, 0);
    return void client.end();
  }
  const upstream = connect(port, "127.0.0.1");
  sockets.add(upstream);
  upstream.on("error", () => client.destroy());
  await once(upstream, "connect");
  await write(5, 0, 0, bound, ...BOUND[bound], 0, 0);
  upstream.pipe(client).pipe(upstream);
}
