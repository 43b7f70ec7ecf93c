// Loaded into a process before anything else: notes every connection and every name that is looked
// up, and lets none through but to the addresses that the test names.

import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const allowed = new Set((process.env.AIR_GAP_ALLOWED ?? '').split(','));
const note = (what) => appendFileSync(process.env.AIR_GAP_LOG ?? '/dev/null', `${what}\n`);
const refused = (what) => Object.assign(new Error(`no way out: ${what}`), { code: 'EACCES' });

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guarded(...parameters) {
  // `net.connect` hands its parameters on as a list that is normalised already.
  const [first] = parameters;
  const options = Array.isArray(first) ? first[0] : net._normalizeArgs(parameters)[0];
  const target = options.path ?? `${options.host ?? 'localhost'}:${options.port}`;
  if (options.path !== undefined || allowed.has(target)) return connect.apply(this, parameters);
  note(`connect ${target}`);
  process.nextTick(() => this.destroy(refused(target)));
  return this;
};

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveTxt']) {
  const original = dns[name];
  dns[name] = (host, ...rest) => {
    if (name === 'lookup' && (net.isIP(host) !== 0 || host === 'localhost'))
      return original(host, ...rest);
    note(`${name} ${host}`);
    rest.at(-1)(refused(host));
  };
  dns.promises[name] = async (host) => {
    note(`${name} ${host}`);
    throw refused(host);
  };
}
dgram.Socket.prototype.send = function guarded() {
  note('datagram');
  throw refused('datagram');
};
syncBuiltinESMExports();
