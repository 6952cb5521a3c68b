// Downloads a file with a Node of any age: node fetch.cjs ADDRESS FILE [INSECURE]. Proxies are those of the environment
// (https_proxy, http_proxy, no_proxy in small letters), authorities Node's own and the system's.
const fs = require("fs");
const http = require("http");
const https = require("https");
const tls = require("tls");

const BUNDLES = [
  process.env.SSL_CERT_FILE,
  process.env.NODE_EXTRA_CA_CERTS,
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
];
const [, , address, file, insecure] = process.argv;
const trust = { ca: authorities(), rejectUnauthorized: !insecure };

function authorities() {
  const bundles = BUNDLES.filter((bundle) => bundle && fs.existsSync(bundle));
  return (tls.rootCertificates || []).concat(bundles.map((bundle) => fs.readFileSync(bundle, "utf8")));
}

function fail(error) {
  console.error(error.message || String(error));
  process.exit(1);
}

function proxyFor(url) {
  const apart = (process.env.no_proxy || "").split(/[\s,]+/).filter(Boolean);
  const direct = apart.some((name) => {
    const suffix = name.replace(/^\*?\.?/, ".");
    return name === "*" || name === url.host || `.${url.hostname}`.endsWith(suffix);
  });
  const proxy = process.env[url.protocol === "https:" ? "https_proxy" : "http_proxy"];
  if (direct || !proxy) return undefined;
  return new URL(proxy.includes("://") ? proxy : `http://${proxy}`);
}

/** The headers that a proxy with a login asks for. */
function proxyHeaders({ username, password }) {
  if (!username) return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` };
}

function endpoint({ protocol, hostname, port }) {
  return { host: hostname.replace(/^\[|\]$/g, ""), port: port || (protocol === "https:" ? 443 : 80) };
}

/** Asks for the address, behind a proxy that tunnels TLS and fetches plain http itself. */
function get(url, answered) {
  const proxy = proxyFor(url);
  const target = { path: url.pathname + url.search, headers: { host: url.host } };
  const caller = url.protocol === "https:" ? https : http;
  if (!proxy) {
    caller.get(Object.assign(target, endpoint(url), trust), answered).on("error", fail);
    return;
  }
  const toProxy = Object.assign(endpoint(proxy), trust);
  const proxyCaller = proxy.protocol === "https:" ? https : http;
  if (caller === http) {
    const headers = Object.assign(target.headers, proxyHeaders(proxy));
    proxyCaller.get(Object.assign(toProxy, { path: url.href, headers }), answered).on("error", fail);
    return;
  }
  const { host, port } = endpoint(url);
  const tunnel = { method: "CONNECT", path: `${host}:${port}`, headers: proxyHeaders(proxy) };
  proxyCaller
    .request(Object.assign(toProxy, tunnel))
    .on("connect", (answer, socket) => {
      if (answer.statusCode !== 200) fail(`the proxy answered ${answer.statusCode}`);
      const options = Object.assign(target, { host, servername: host, socket, agent: false }, trust);
      https.get(options, answered).on("error", fail);
    })
    .on("error", fail)
    .end();
}

function download(url, redirectsLeft) {
  get(url, (answer) => {
    const { location } = answer.headers;
    if (answer.statusCode >= 300 && answer.statusCode < 400 && location && redirectsLeft > 0) {
      answer.resume();
      download(new URL(location, url), redirectsLeft - 1);
      return;
    }
    if (answer.statusCode !== 200) fail(`the server answered ${answer.statusCode}`);
    answer.on("error", fail).on("aborted", () => fail("the server closed the connection"));
    answer
      .pipe(fs.createWriteStream(file))
      .on("error", fail)
      .on("finish", () => process.exit(0));
  });
}

setTimeout(() => fail("no answer within 10 minutes"), 600000).unref();
download(new URL(address), 5);
