import { isObject, objectsIn, textIn } from './json.ts';
import type { Click } from './model.ts';
import { type Deed, readState, type State } from './state.ts';

/** Timeout for one request to the local Slack: a click may take Slack's 3 s and more on a busy machine. */
const ANSWER_LIMIT_MS = 20_000;

export async function fetchState(): Promise<State> {
  const response = await fetch('/page/state', { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), cache: 'no-store' });
  if (!response.ok) throw new Error(`The local Slack answered with HTTP ${response.status}.`);
  return readState(await response.json());
}

/** Sends a slash command or a message; returns the server's error, if any. */
export function sendText(person: string, text: string): Promise<string | undefined> {
  return post('/page/command', { person, text });
}

/** Replies in a thread; returns the server's error, if any. */
export function sendReply(person: string, ts: string, text: string): Promise<string | undefined> {
  return post('/page/reply', { person, ts, text });
}

/** Chooses a shortcut in the menu of a message; returns the server's error, if any. */
export function sendShortcut(person: string, ts: string, text: string): Promise<string | undefined> {
  return post('/page/shortcut', { person, ts, text });
}

/** Opens the app's Home; returns the server's error, if any. */
export const sendHome = (person: string): Promise<string | undefined> => post('/page/home', { person });

/** Writes a direct message to the app; returns the server's error, if any. */
export const sendDirect = (person: string, text: string): Promise<string | undefined> =>
  post('/page/direct', { person, text });

/** Clicks a button in the app's Home; returns the server's error, if any. */
export const sendHomeClick = (person: string, blockId: string, actionId: string): Promise<string | undefined> =>
  post('/page/home-click', { person, blockId, actionId });

/** Clicks a button; returns the server's error, if any. */
export function sendClick(person: string, click: Click): Promise<string | undefined> {
  return post('/page/click', { person, ...click });
}

/** What can be broken, and what is. */
export interface BreakingState {
  readonly offers: readonly { readonly title: string; readonly deeds: readonly Deed[] }[];
  readonly broken: readonly Deed[];
}

/** Undefined if there is nothing to break behind this page, or the server does not answer. */
export async function fetchBreaking(): Promise<BreakingState | undefined> {
  try {
    const response = await fetch('/page/breaking', { signal: AbortSignal.timeout(ANSWER_LIMIT_MS), cache: 'no-store' });
    const body: unknown = response.ok ? await response.json() : undefined;
    if (!isObject(body)) return undefined;
    const offers = objectsIn(body.offers).map(({ title, deeds }) => ({ title: textIn(title), deeds: deedsIn(deeds) }));
    return { offers, broken: deedsIn(body.broken) };
  } catch {
    return undefined;
  }
}

const deedsIn = (value: unknown): readonly Deed[] =>
  objectsIn(value).map(({ label, statement }) => ({ label: textIn(label), statement: textIn(statement) }));

/** Plays a statement of a scenario; returns the server's error, if any. */
export function sendStatement(statement: string): Promise<string | undefined> {
  return post('/page/breaking', { statement });
}

/** Enters words in a field of a modal. */
export function sendEntered(
  person: string,
  viewId: string,
  blockId: string,
  words: string,
): Promise<string | undefined> {
  return post('/page/fill', { person, viewId, blockId, words });
}

/** Submits or closes a modal. */
export function sendModal(act: 'submit' | 'close', person: string, viewId: string): Promise<string | undefined> {
  return post(`/page/${act}`, { person, viewId });
}

async function post(path: string, body: Readonly<Record<string, string>>): Promise<string | undefined> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return response.ok ? undefined : await complaintOf(response);
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError'
      ? `The local Slack did not answer within ${ANSWER_LIMIT_MS / 1000} s.`
      : 'The local Slack is unreachable. Check that the sandbox is still running.';
  }
}

async function complaintOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isObject(body) && textIn(body.error) !== '') return textIn(body.error);
  } catch {
    return text === '' ? `The local Slack answered with HTTP ${response.status}.` : text;
  }
  return `The local Slack answered with HTTP ${response.status}.`;
}

/** Subscribes to changes. The browser reconnects by itself; each connection counts as a change. */
export function listen(changed: () => void, connected: (isConnected: boolean) => void): void {
  const source = new EventSource('/page/events');
  source.addEventListener('changed', changed);
  source.addEventListener('open', () => {
    connected(true);
    changed();
  });
  source.addEventListener('error', () => connected(false));
  window.addEventListener('pagehide', () => source.close(), { once: true });
}
