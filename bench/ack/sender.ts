import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { OPS, PEOPLE } from '../../sandbox/people.ts';
import { signature } from '../../sandbox/slack/delivery/signed-http.ts';
import { ACTIONS } from '../../src/slack/parts/buttons.ts';

const TEAM = { id: 'T0SANDBOX', domain: 'sandbox' };
const [, BOB] = PEOPLE;

/** A payload as Slack posts it; each one is new. */
export type Payload = (responseUrl: string) => URLSearchParams;

export const command =
  (text: string): Payload =>
  (responseUrl) =>
    new URLSearchParams({
      ...{ command: '/registry-ha', text, team_id: TEAM.id, team_domain: TEAM.domain, api_app_id: 'A0SANDBOX' },
      ...{ channel_id: OPS.id, channel_name: OPS.name, user_id: BOB.id, user_name: BOB.name },
      ...{ is_enterprise_install: 'false', response_url: responseUrl, trigger_id: randomUUID() },
    });

/** A click on Approve of a change that no longer exists. */
export const click =
  (cluster: string): Payload =>
  (responseUrl) => {
    const value = JSON.stringify({ change: `${cluster}-aaaaaa`, digest: '0'.repeat(64) });
    const action = { type: 'button', action_id: ACTIONS.approve, block_id: 'decision', value, action_ts: '1.1' };
    const payload = {
      ...{ type: 'block_actions', user: { id: BOB.id, username: BOB.name, name: BOB.name, team_id: TEAM.id } },
      ...{ api_app_id: 'A0SANDBOX', trigger_id: randomUUID(), team: TEAM, enterprise: null, channel: OPS },
      ...{ is_enterprise_install: false, response_url: responseUrl, actions: [action] },
      container: { type: 'message', message_ts: '1.1', channel_id: OPS.id, is_ephemeral: false },
    };
    return new URLSearchParams({ payload: JSON.stringify(payload) });
  };

/** A bot that takes signed requests. */
export interface Target {
  readonly url: string;
  readonly secret: string;
}

/** Takes the answers of the bots, and counts them. */
export async function answerBox() {
  let heard = 0;
  const server = createServer((incoming, response) => {
    incoming.resume();
    heard += 1;
    response.end('ok');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/answer`,
    heard: () => heard,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const agent = new Agent({ keepAlive: true });

/** Milliseconds until each of these payloads, sent at once, is acknowledged. */
export async function acknowledged(target: Target, payload: Payload, count: number, answerUrl: string) {
  return await Promise.all(Array.from({ length: count }, () => send(target, payload(answerUrl).toString())));
}

async function send({ url, secret }: Target, body: string): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': signature(secret, timestamp, body),
  };
  const from = performance.now();
  const sent = request(url, { method: 'POST', agent, headers });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const ms = performance.now() - from;
  response.resume();
  await once(response, 'end');
  if (response.statusCode !== 200) throw new Error(`${url} answers ${response.statusCode}.`);
  return ms;
}
