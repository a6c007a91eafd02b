import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Which proxies are believed when they say whom they speak for (`X-Forwarded-For`): all, none, or those with these
 * addresses and networks, such as `10.0.0.0/8`.
 */
export type TrustProxy = boolean | readonly string[];

/** True for an address whose `X-Forwarded-For` is believed. */
export function trusts(trustProxy: TrustProxy): (address: string) => boolean {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  const list = new BlockList();
  for (const network of trustProxy) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The address a request came from: the nearest one that is not a trusted proxy. For upgrades, which Fastify does not see. */
export function addressOf(request: IncomingMessage, trusted: (address: string) => boolean): string {
  const peer = request.socket.remoteAddress ?? '';
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
  const path = [
    peer,
    ...forwarded
      .map((address) => address.trim())
      .filter(Boolean)
      .reverse(),
  ];
  return path.find((address) => !trusted(address)) ?? path.at(-1) ?? '';
}
