/** A limit: a burst, then a number of calls per minute. */
interface Limit {
  readonly burst: number;
  readonly perMinute: number;
}

/**
 * Web API rate limits (docs.slack.dev/apis/web-api/rate-limits): chat.postMessage about one per second and channel;
 * chat.update Tier 3, here at most 50 within any minute; usergroups.* Tier 2, 20 within any minute; files.* Tier 4, 100.
 */
const LIMITS: Readonly<Record<string, Limit>> = {
  'chat.postMessage': { burst: 5, perMinute: 60 },
  'chat.update': { burst: 10, perMinute: 40 },
  'files.completeUploadExternal': { burst: 10, perMinute: 90 },
  'files.getUploadURLExternal': { burst: 10, perMinute: 90 },
  'usergroups.list': { burst: 5, perMinute: 15 },
  'usergroups.users.list': { burst: 5, perMinute: 15 },
};

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Token buckets: one for each method, and for chat.postMessage one for each channel. */
export class RateLimits {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts one call; returns the seconds to wait, 0 if the call is allowed. */
  take(method: string, channel: string): number {
    const limit = LIMITS[method];
    if (limit === undefined) return 0;
    const key = method === 'chat.postMessage' ? `${method} ${channel}` : method;
    const tokens = this.#tokensIn(key, limit);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: this.#now() });
    return allowed ? 0 : Math.ceil(((1 - tokens) * 60) / limit.perMinute);
  }

  #tokensIn(key: string, { burst, perMinute }: Limit): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.#now() - bucket.at) * perMinute) / 60_000);
  }
}
