// Loaded before a program: writes each address that it connects to, or looks up, into the file CONNECTIONS.
const { appendFileSync } = require("node:fs");
const dns = require("node:dns");
const net = require("node:net");

const record = (line) => appendFileSync(process.env.CONNECTIONS, `${line}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  record(first?.path ?? `${first?.host ?? "localhost"}:${first?.port ?? first}`);
  return connect.apply(this, args);
};

const { lookup } = dns;
dns.lookup = (name, ...rest) => {
  record(`lookup ${name}`);
  return lookup(name, ...rest);
};
