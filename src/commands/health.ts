import { healthAt } from '../config/health-config.ts';
import type { Environment } from '../config/read-config.ts';
import { codeOf } from '../domain/text/error-code.ts';
import { orExplained, type Print } from './explained.ts';

/** The configuration of one of the two processes. */
export interface HealthPlace {
  readonly bot?: string;
  readonly worker?: string;
}

/** Longer than a busy process needs; shorter than a container's check may take. */
const LIMIT_MS = 2_000;
/** `registry-ha health --bot FILE | --worker FILE`: asks the running process. Exit code 0 while it runs, 1 if it does not answer. */
export async function healthCommand({ bot, worker }: HealthPlace, env: Environment, print: Print): Promise<number> {
  const path = bot ?? worker;
  if (path === undefined || (bot !== undefined && worker !== undefined)) {
    print('Use `registry-ha health --bot FILE` or `registry-ha health --worker FILE`.');
    return 2;
  }
  return await orExplained(print, async () => {
    const { host, port } = healthAt(path, bot === undefined ? 'worker' : 'bot', env);
    return await asked(`http://${reachable(host)}:${port}`, print);
  });
}

/** An address at which a listener on every address answers, too. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function asked(at: string, print: Print): Promise<number> {
  try {
    const [lives, ready] = await Promise.all(['healthz', 'readyz'].map((page) => textAt(`${at}/${page}`)));
    print(ready?.text ?? '');
    return lives?.ok === true ? 0 : 1;
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'no answer within 2 s' : reasonOf(error);
    print(`${at} does not answer (${why}). Check whether the process runs, and \`health\` in its configuration.`);
    return 1;
  }
}

async function textAt(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  return { ok: answer.ok, text: (await answer.text()).trim() };
}

/** fetch hides the reason in the cause. */
const reasonOf = (error: unknown): string => codeOf(error instanceof Error ? (error.cause ?? error) : error);
