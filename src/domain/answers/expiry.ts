import { count } from '../text/format.ts';
import { good, type Verdict, wrong } from './verdict.ts';

/** What expires: the label of the metric. */
export type ExpiringPart =
  | 'redis-authority'
  | 'redis-client'
  | 'redis-server'
  | 'kubernetes-client'
  | 'kubernetes-token';

/** A certificate or token with its end. */
export interface Expiring {
  readonly part: ExpiringPart;
  /** As a sentence begins: `The certificate /etc/registry-ha/redis-ca.crt`. */
  readonly what: string;
  readonly at: Date;
}

const DAY_MS = 24 * 3_600_000;
/** Enough to have one signed by somebody else, and to restart what uses it in a maintenance window. */
const SOON_DAYS = 30;

const RENEW: Readonly<Record<ExpiringPart, string>> = {
  'redis-authority': 'Create an authority and certificates anew (docs/redis.md), then restart Redis, bot and workers.',
  'redis-client': 'Have it signed anew (docs/redis.md), then restart bot or worker.',
  'redis-server': 'Have it signed anew (docs/redis.md), then restart Redis.',
  'kubernetes-client':
    'Renew it as your MetalK8s documentation says for admin.conf. The worker reads the new file by itself.',
  'kubernetes-token':
    'Create a kubeconfig with a new token: deploy/registry-ha-worker-rbac.yaml. The worker reads the new file by itself.',
};

/** What is out of date, or will be soon, with the date; else what is next. */
export function expiryVerdict(found: readonly Expiring[], now: Date): Verdict {
  const byDate = found.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const soon = byDate.filter((one) => daysLeft(one, now) < SOON_DAYS);
  if (soon.length > 0)
    return wrong(
      soon.map((one) => inWords(one, now)).join(' '),
      [...new Set(soon.map(({ part }) => RENEW[part]))].join(' '),
    );
  return good(byDate.slice(0, 1).map((one) => inWords(one, now))[0] ?? 'Nothing here expires');
}

const daysLeft = ({ at }: Expiring, now: Date): number => Math.floor((at.getTime() - now.getTime()) / DAY_MS);

function inWords(one: Expiring, now: Date): string {
  const day = one.at.toISOString().slice(0, 10);
  const days = daysLeft(one, now);
  if (one.at.getTime() <= now.getTime()) return `${one.what} expired on ${day}.`;
  return `${one.what} expires on ${day}, in ${count(days, 'day')}.`;
}
