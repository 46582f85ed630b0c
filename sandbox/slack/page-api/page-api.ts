import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { bodyFields, readBody, sendJson } from '../http-body.ts';
import type { Persons } from '../people/persons.ts';
import type { Site } from '../site/site.ts';
import { breakingState, playBreaking } from './breaking.ts';
import { servePageEvents } from './page-events.ts';
import { servePageFile } from './page-files.ts';

const Typed = z.strictObject({ person: z.string(), text: z.string() });
const Clicked = z.strictObject({
  person: z.string(),
  ts: z.string(),
  blockId: z.string(),
  actionId: z.string(),
});

const Homed = z.strictObject({ person: z.string() });
const HomeClicked = z.strictObject({ person: z.string(), blockId: z.string(), actionId: z.string() });
const Replied = z.strictObject({ person: z.string(), ts: z.string(), text: z.string() });
const Filled = z.strictObject({ person: z.string(), viewId: z.string(), blockId: z.string(), words: z.string() });
const InView = z.strictObject({ person: z.string(), viewId: z.string() });

const FILES = '/page/files/';

/** Whether a path belongs to the page. */
export const isPagePath = (path: string): boolean =>
  path === '/' || path.startsWith('/page/') || path.startsWith('/archives/');

/** Serves the page: its files, its state, and the actions of people on it. */
export async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  site: Site,
  persons: Persons,
): Promise<void> {
  if (!isSameOrigin(request, site)) {
    sendJson(response, 403, { error: 'Rejected: the request comes from another host or origin.' });
    return;
  }
  if (request.method === 'POST') return await act(request, response, path, site, persons);
  if (path === '/page/state') return sendJson(response, 200, stateOf(site), { 'cache-control': 'no-store' });
  if (path === '/page/breaking' && site.breaking !== undefined)
    return sendJson(response, 200, breakingState(site.breaking), { 'cache-control': 'no-store' });
  if (path === '/page/events') return servePageEvents(response, site.timeline);
  if (path.startsWith(FILES)) return sendFile(response, site.files.text(path.slice(FILES.length)));
  if (path.startsWith('/archives/')) {
    response.writeHead(302, { location: '/' });
    response.end();
    return;
  }
  await servePageFile(response, path === '/' ? 'index.html' : path.slice('/page/'.length));
}

/** A shared file, as text. */
function sendFile(response: ServerResponse, text: string | undefined): void {
  response.writeHead(text === undefined ? 404 : 200, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text ?? 'File not found.');
}

async function act(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  site: Site,
  persons: Persons,
): Promise<void> {
  const body = bodyFields(request.headers['content-type'], await readBody(request));
  // Only JSON: the browser would let another site post a form without a preflight request.
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
  try {
    if (body.is === 'unreadable' || !isJson) throw new Error('The request must be a JSON object.');
    await actionFor(path, body.fields, site, persons);
    sendJson(response, 200, {});
  } catch (error) {
    sendJson(response, 400, { error: sentenceOf(error) });
  }
}

async function actionFor(path: string, fields: unknown, { breaking }: Site, persons: Persons): Promise<void> {
  if (path === '/page/breaking' && breaking !== undefined) return await playBreaking(fields, breaking);
  if (path === '/page/command') {
    const { person, text } = Typed.parse(fields);
    return await persons.type(person, text);
  }
  if (path === '/page/reply') {
    const { person, ts, text } = Replied.parse(fields);
    return await persons.reply(person, ts, text);
  }
  if (path === '/page/home') return await persons.openHome(Homed.parse(fields).person);
  if (path === '/page/direct') {
    const { person, text } = Typed.parse(fields);
    return await persons.direct(person, text);
  }
  if (path === '/page/home-click') {
    const { person, blockId, actionId } = HomeClicked.parse(fields);
    return await persons.clickHome(person, blockId, actionId);
  }
  if (path === '/page/shortcut') {
    const { person, ts, text } = Replied.parse(fields);
    return await persons.shortcut(person, ts, text);
  }
  if (path === '/page/fill') {
    const { person, viewId, blockId, words } = Filled.parse(fields);
    return await persons.forms.fillBlock(person, viewId, blockId, words);
  }
  if (path === '/page/submit' || path === '/page/close') {
    const { person, viewId } = InView.parse(fields);
    return path === '/page/submit' ? await persons.forms.submit(person, viewId) : persons.forms.close(person, viewId);
  }
  if (path !== '/page/click') throw new Error(`Unknown action: ${path}`);
  const { person, ts, blockId, actionId } = Clicked.parse(fields);
  await persons.clickAction(person, ts, blockId, actionId);
}

function sentenceOf(error: unknown): string {
  if (error instanceof z.ZodError) return `Invalid request: ${z.prettifyError(error)}`;
  return error instanceof Error ? error.message : String(error);
}

function stateOf({ workspace, timeline, views, homes }: Site): Readonly<Record<string, unknown>> {
  return {
    channel: workspace.home,
    people: workspace.people,
    bot: { id: workspace.bot.id, name: workspace.bot.name },
    commands: workspace.manifest.commands.map(({ command, description, usageHint }) => ({
      command,
      description,
      usageHint,
    })),
    shortcuts: workspace.manifest.shortcuts.map(({ name }) => name),
    messages: timeline.all(),
    homes: workspace.people.flatMap(({ id }) => homes.findLast(({ person }) => person === id) ?? []),
    views: views.all().filter(({ isOpen }) => isOpen),
  };
}

/** Checks the host against DNS rebinding, and the origin if the browser sends one. */
function isSameOrigin(request: IncomingMessage, site: Site): boolean {
  const port = new URL(site.origin()).port;
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = '', origin } = request.headers;
  return hosts.includes(host) && (origin === undefined || origin === `http://${host}`);
}
