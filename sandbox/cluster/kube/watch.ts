import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type Json, type JsonObject } from '../salt/json.ts';
import type { World } from '../world.ts';
import { answerGet } from './objects/routes.ts';
import { tableOf } from './objects/table.ts';
import type { ApiAnswer } from './status.ts';

/** Endpoints also change by time alone, so the lists are compared again and again. */
const POLL_MS = 300;

/** Whether a request asks for changes instead of the list. */
export const isWatch = ({ searchParams }: URL): boolean => ['true', '1'].includes(searchParams.get('watch') ?? '');

/** The items of a list by name, and their kind. */
interface Listed {
  readonly kind: string;
  readonly items: ReadonlyMap<string, JsonObject>;
}

/**
 * Streams the changes of a list, one event a line, until the client leaves or its `timeoutSeconds` are over; without a
 * `resourceVersion`, everything that is there comes first. Returns the refusal if there is no such list.
 */
export async function watchList(
  world: World,
  url: URL,
  asTable: boolean,
  response: ServerResponse,
): Promise<ApiAnswer | null> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answer = await answerGet(world, url);
  if (answer.code !== 200) return answer;
  const first = listIn(answer.body);
  const seconds = Number(url.searchParams.get('timeoutSeconds') ?? '');
  const until = seconds > 0 ? AbortSignal.any([gone.signal, AbortSignal.timeout(seconds * 1000)]) : gone.signal;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  let known = url.searchParams.get('resourceVersion') === null ? { ...first, items: new Map() } : first;
  while (!until.aborted) {
    const now = listIn((await answerGet(world, url)).body);
    for (const event of changes(known, now, asTable)) response.write(`${JSON.stringify(event)}\n`);
    known = now;
    await sleep(POLL_MS, undefined, { signal: until, ref: false }).catch(() => undefined);
  }
  response.end();
  return null;
}

function changes(before: Listed, now: Listed, asTable: boolean): readonly JsonObject[] {
  const shown = (object: JsonObject): Json =>
    (asTable ? tableOf(now.kind, [object], '') : null) ?? { kind: now.kind, apiVersion: 'v1', ...object };
  const event = (type: string, object: JsonObject) => ({ type, object: shown(object) });
  const gone = [...before.items].filter(([name]) => !now.items.has(name));
  return [
    ...gone.map(([, object]) => event('DELETED', object)),
    ...[...now.items].flatMap(([name, object]) => {
      const old = before.items.get(name);
      if (old === undefined) return [event('ADDED', object)];
      return JSON.stringify(old) === JSON.stringify(object) ? [] : [event('MODIFIED', object)];
    }),
  ];
}

/** A list, or one object as a list of one. */
function listIn(body: Json): Listed {
  if (!isObject(body)) return { kind: '', items: new Map() };
  const kind = String(body.kind).replace(/List$/, '');
  const objects = Array.isArray(body.items) ? body.items.filter(isItem) : [body];
  return { kind, items: new Map(objects.map((one) => [nameOf(one), one])) };
}

const isItem = (one: Json): one is JsonObject => isObject(one);

const nameOf = ({ metadata }: JsonObject): string => (isObject(metadata) ? String(metadata.name) : '');
