import { randomBytes } from 'node:crypto';
import type { Courier } from '../delivery/delivery.ts';
import type { Fields } from '../json.ts';
import type { Person, SlackMessage } from '../local-slack-types.ts';
import type { Site } from '../site/site.ts';
import { directChannel } from '../site/workspace.ts';

/** The scope that each event needs; app_home_opened needs none (pages of the events). */
const SCOPES: Readonly<Record<string, string>> = { app_mention: 'app_mentions:read', 'message.im': 'im:history' };

/** Sends events to the bot: only those that the app subscribes to, and has the scope for. */
export class Events {
  readonly #site: Site;
  readonly #courier: Courier;

  constructor(site: Site, courier: Courier) {
    this.#site = site;
    this.#courier = courier;
  }

  async mentioned(person: Person, { ts, text, channel, threadTs }: SlackMessage): Promise<void> {
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
    await this.#send('app_mention', { type: 'app_mention', ...this.#written(person, ts, text), channel, ...thread });
  }

  async direct(person: Person, { ts, text, channel }: SlackMessage): Promise<void> {
    const event = { type: 'message', ...this.#written(person, ts, text), channel, channel_type: 'im' };
    await this.#send('message.im', event);
  }

  async homeOpened({ id }: Person): Promise<void> {
    const { now } = this.#site;
    const event_ts = (now() / 1000).toFixed(6);
    const event = { type: 'app_home_opened', user: id, channel: directChannel({ id }), tab: 'home', event_ts };
    await this.#send('app_home_opened', event);
  }

  #written({ id }: Person, ts: string, text: string): Fields {
    return { user: id, ts, event_ts: ts, text, team: this.#site.workspace.team.id };
  }

  /** Nobody sees that an event was not delivered. Slack sends it again until it is acknowledged, three times at most. */
  async #send(name: string, event: Fields): Promise<void> {
    const { workspace, faults, now } = this.#site;
    const { events, scopes } = workspace.manifest;
    const scope = SCOPES[name];
    if (!events.includes(name) || (scope !== undefined && !scopes.includes(scope))) return;
    const payload = {
      type: 'event_callback',
      token: 'sandbox-verification-token',
      team_id: workspace.team.id,
      api_app_id: workspace.appId,
      event,
      event_id: `Ev0${randomBytes(5).toString('hex').toUpperCase()}`,
      event_time: Math.floor(now() / 1000),
      is_ext_shared_channel: false,
      authorizations: [{ team_id: workspace.team.id, user_id: workspace.bot.id, is_bot: true }],
    };
    const outgoing = { type: 'events_api', payload, takesAnswer: false } as const;
    const delivered = await this.#courier.deliver(outgoing);
    if (delivered.is === 'failed' || faults.has('slack-events-twice')) await this.#courier.deliver(outgoing);
  }
}
