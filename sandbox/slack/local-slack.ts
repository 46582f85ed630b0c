import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { ACK_DEADLINE_MS, type Courier } from './delivery/delivery.ts';
import { SignedHttp } from './delivery/signed-http.ts';
import { SocketMode } from './delivery/socket-mode.ts';
import { type Rooms, serve } from './front-door.ts';
import { sendJson } from './http-body.ts';
import type { LocalSlack, LocalSlackOptions } from './local-slack-types.ts';
import { Persons } from './people/persons.ts';
import { ResponseUrls } from './people/response-urls.ts';
import { Faults } from './site/faults.ts';
import { Files } from './site/files.ts';
import { type AppManifest, readManifest } from './site/manifest.ts';
import { RateLimits } from './site/rate-limits.ts';
import type { Credentials, Site } from './site/site.ts';
import { Timeline } from './site/timeline.ts';
import { Triggers } from './site/triggers.ts';
import { Views } from './site/views.ts';
import { APP_ID, workspaceOf } from './site/workspace.ts';

export type { LocalSlack, LocalSlackOptions, Person, SlackMessage } from './local-slack-types.ts';

/** Starts a local Slack on 127.0.0.1 for real Bolt and WebClient; sandbox/slack/README.md lists what it imitates. */
export async function startLocalSlack(options: LocalSlackOptions): Promise<LocalSlack> {
  const server = createServer();
  const now = options.now ?? Date.now;
  const sockets = new SocketMode(APP_ID, now, options.ackLimitMs ?? ACK_DEADLINE_MS);
  const site = siteFor(options, await readManifest(options.manifestPath), sockets, originOf(server));
  sockets.goodbye = () => site.faults.goodbye();
  const courier = courierFor(options, sockets, site);
  const urls = new ResponseUrls(site);
  const persons = new Persons(site, courier, urls);
  connect(server, { site, persons, urls }, sockets);
  await listen(server, options.port ?? 0);
  return {
    pageUrl: `${site.origin()}/`,
    apiUrl: `${site.origin()}/api/`,
    ...site.credentials,
    command: (person, text) => persons.type(person, text),
    reply: (person, ts, text) => persons.reply(person, ts, text),
    direct: (person, text) => persons.direct(person, text),
    shortcut: (person, ts, name) => persons.shortcut(person, ts, name),
    click: (person, label) => persons.click(person, label),
    clickAction: (person, ts, blockId, actionId) => persons.clickAction(person, ts, blockId, actionId),
    messages: () => site.timeline.all(),
    fileText: (id) => site.files.text(id),
    fill: (person, label, words) => persons.forms.fill(person, label, words),
    submit: (person) => persons.forms.submit(person),
    openHome: (person) => persons.openHome(person),
    homes: () => [...site.homes],
    modals: () => site.views.shown(),
    onChange: (listener) => site.timeline.onChange(listener),
    fault: (name, args) => site.faults.plant(name, args),
    clearFault: (name) => site.faults.clear(name),
    faults: () => site.faults.list(),
    offer(breaking) {
      site.breaking = breaking;
    },
    apiCalls: () => [...site.calls],
    close: () => close(server, site, new Set([courier, sockets])),
  };
}

function siteFor(
  { people, channel, moreScopes = [], now = Date.now, ackLimitMs = ACK_DEADLINE_MS }: LocalSlackOptions,
  declared: AppManifest,
  sockets: SocketMode,
  origin: () => string,
): Site {
  const manifest = withScopes(declared, moreScopes);
  return {
    workspace: workspaceOf(manifest, people, channel),
    credentials: newCredentials(),
    timeline: new Timeline(now),
    triggers: new Triggers(now, ackLimitMs),
    faults: new Faults((reason) => sockets.disconnect(reason)),
    files: new Files(),
    limits: new RateLimits(now),
    views: new Views(now),
    homes: [],
    calls: [],
    now,
    newId: () => randomBytes(4).toString('hex'),
    origin,
    socketUrl: () => `${origin().replace('http:', 'ws:')}/link/?ticket=${sockets.ticket()}&app_id=${APP_ID}`,
  };
}

/** The manifest as an operator edits it for more scopes: mentions and direct messages need more than a scope. */
function withScopes(declared: AppManifest, more: readonly string[]): AppManifest {
  const takesMessages = declared.takesMessages || more.includes('im:history');
  const events = [
    ...declared.events,
    ...(more.includes('app_mentions:read') ? ['app_mention'] : []),
    ...(more.includes('im:history') ? ['message.im'] : []),
  ];
  return { ...declared, scopes: [...declared.scopes, ...more], takesMessages, events };
}

/** In the format of real tokens, but recognisably from the sandbox. */
function newCredentials(): Credentials {
  return {
    botToken: `xoxb-sandbox-${randomUUID()}`,
    appToken: `xapp-sandbox-${randomUUID()}`,
    signingSecret: randomBytes(16).toString('hex'),
  };
}

function courierFor(options: LocalSlackOptions, sockets: SocketMode, { credentials, now }: Site): Courier {
  const { delivery, ackLimitMs = ACK_DEADLINE_MS } = options;
  if (delivery.mode === 'socket') return sockets;
  return new SignedHttp(delivery.requestUrl, credentials.signingSecret, now, ackLimitMs);
}

function connect(server: Server, rooms: Rooms, sockets: SocketMode): void {
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/link/')) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  server.on('request', (request, response) => {
    serve(request, response, rooms).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: `Internal error of the local Slack: ${String(error)}` });
    });
  });
}

/** The server's address, kept because a closing server forgets it. */
function originOf(server: Server): () => string {
  let port = 0;
  server.once('listening', () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  });
  return () => `http://127.0.0.1:${port}`;
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function close(server: Server, { faults }: Site, couriers: ReadonlySet<Courier>): Promise<void> {
  faults.clearAll();
  await Promise.all([...couriers].map((courier) => courier.close()));
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
