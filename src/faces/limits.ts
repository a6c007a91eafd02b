import { isIPv6 } from 'node:net';
import type { Who } from '../domains/policy/index.ts';

export interface Rate {
  /** Requests a second over time. */
  perSecond: number;
  /** Requests at once, after a pause. */
  burst: number;
}

export interface Rates {
  /** Those who did not sign in, by network address. */
  anonymous: Rate;
  person: Rate;
  /** All that comes with an application's tokens. */
  application: Rate;
}

export const defaultRates: Rates = {
  anonymous: { perSecond: 10, burst: 20 },
  person: { perSecond: 100, burst: 400 },
  application: { perSecond: 1000, burst: 4000 },
};

export interface Verdict {
  allowed: boolean;
  policy: keyof Rates;
  rate: Rate;
  /** Whole requests that may follow at once. */
  remaining: number;
  /** Seconds until the whole burst is there again. */
  fullAfter: number;
  /** Seconds until the next request is allowed; 0 when it is. */
  retryAfter: number;
}

export interface Limits {
  /** Counts one request of this caller. */
  take(who: Who): Verdict;
}

/** So many callers are remembered; beyond that the one that was silent longest begins anew. */
const mostCallers = 100_000;

/**
 * Token buckets, one a caller, in the memory of this process. A caller without a bucket has a full one, so those that
 * have filled up again need not be kept.
 * @param clock seconds, from any beginning
 */
export function createLimits(rates: Rates, clock: () => number = () => performance.now() / 1000): Limits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(who) {
      const policy = policyOf(who);
      const rate = rates[policy];
      const key = callerKey(who);
      const now = clock();
      const before = buckets.get(key) ?? { tokens: rate.burst, at: now };
      const tokens = Math.min(rate.burst, before.tokens + (now - before.at) * rate.perSecond);
      const allowed = tokens >= 1;
      const left = allowed ? tokens - 1 : tokens;
      buckets.delete(key);
      buckets.set(key, { tokens: left, at: now });
      if (buckets.size > mostCallers) forgetOldest(buckets);
      return {
        allowed,
        policy,
        rate,
        remaining: Math.floor(left),
        fullAfter: Math.ceil((rate.burst - left) / rate.perSecond),
        retryAfter: allowed ? 0 : Math.max(1, Math.ceil((1 - left) / rate.perSecond)),
      };
    },
  };
}

function policyOf(who: Who): keyof Rates {
  if (who.role === 'application') return 'application';
  return who.person ? 'person' : 'anonymous';
}

/** Who is counted together: an application, a person, or a network address. */
export function callerKey(who: Who): string {
  if (who.role === 'application') return `application:${who.application}`;
  return who.person ? `person:${who.person.id}` : `address:${network(who.address)}`;
}

/** An IPv4 address as it is; of an IPv6 address the /64, which is what one household or server gets. */
export function network(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1]) return mapped[1];
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const front = head === '' ? [] : head.split(':');
  const back = !tail ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function forgetOldest(buckets: Map<string, unknown>): void {
  for (const key of buckets.keys()) {
    buckets.delete(key);
    return;
  }
}
