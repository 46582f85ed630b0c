import { codeOf } from '../../domain/text/error-code.ts';

/** What a process says about itself over HTTP: `text` is its readiness; or why it does not answer. */
export type Health =
  | { readonly is: 'answers'; readonly lives: boolean; readonly isReady: boolean; readonly text: string }
  | { readonly is: 'silent'; readonly at: string; readonly why: string };

/** Longer than a busy process needs; shorter than a container's check may take. */
const LIMIT_MS = 2_000;

/** Asks the process that listens there for its health. */
export async function healthOf({ host, port }: { readonly host: string; readonly port: number }): Promise<Health> {
  const at = `http://${reachable(host)}:${port}`;
  try {
    const [lives, ready] = [await textAt(`${at}/healthz`), await textAt(`${at}/readyz`)];
    return { is: 'answers', lives: lives.ok, isReady: ready.ok, text: ready.text };
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 2 s' : reasonOf(error);
    return { is: 'silent', at, why };
  }
}

/** An address at which a listener on every address answers, too. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function textAt(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  return { ok: answer.ok, text: (await answer.text()).trim() };
}

/** fetch hides the reason in the cause. */
const reasonOf = (error: unknown): string => codeOf(error instanceof Error ? (error.cause ?? error) : error);
