import { randomBytes } from 'node:crypto';

/** The result of using a trigger_id, with the Web API's error codes. */
export type TriggerUse =
  | { readonly is: 'used'; readonly person: string }
  | { readonly is: 'refused'; readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' };

/**
 * The trigger_ids sent with commands and clicks. Each can be used once, and as long as a command or click may wait to be
 * acknowledged: 3 seconds at Slack (views.open reference).
 */
export class Triggers {
  readonly #now: () => number;
  readonly #lifeMs: number;
  readonly #issued = new Map<string, { readonly person: string; readonly until: number }>();
  readonly #spent = new Set<string>();

  constructor(now: () => number, lifeMs: number) {
    this.#now = now;
    this.#lifeMs = lifeMs;
  }

  issue(person: string): string {
    const id = `${this.#now()}.${this.#issued.size}.${randomBytes(8).toString('hex')}`;
    this.#issued.set(id, { person, until: this.#now() + this.#lifeMs });
    return id;
  }

  use(id: string): TriggerUse {
    const trigger = this.#issued.get(id);
    if (trigger === undefined) return { is: 'refused', error: 'invalid_trigger_id' };
    if (this.#spent.has(id)) return { is: 'refused', error: 'exchanged_trigger_id' };
    this.#spent.add(id);
    if (this.#now() > trigger.until) return { is: 'refused', error: 'expired_trigger_id' };
    return { is: 'used', person: trigger.person };
  }
}
