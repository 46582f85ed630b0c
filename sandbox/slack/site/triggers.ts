import { randomBytes } from 'node:crypto';

/** Slack's trigger_id is valid for 3 seconds and can be used once (views.open reference). */
const TRIGGER_LIFE_MS = 3000;

/** The result of using a trigger_id, with the Web API's error codes. */
export type TriggerUse =
  | { readonly is: 'used'; readonly person: string }
  | { readonly is: 'refused'; readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' };

/** The trigger_ids sent with commands and clicks. */
export class Triggers {
  readonly #now: () => number;
  readonly #issued = new Map<string, { readonly person: string; readonly until: number }>();
  readonly #spent = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(person: string): string {
    const id = `${this.#now()}.${this.#issued.size}.${randomBytes(8).toString('hex')}`;
    this.#issued.set(id, { person, until: this.#now() + TRIGGER_LIFE_MS });
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
