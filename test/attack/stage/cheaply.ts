import { must } from '../outcome.ts';

/** An honest inspection takes milliseconds, and one without a limit never ends; the rest is for slow computers. */
const TIME_LIMIT_MS = 30_000;
const MEMORY_LIMIT = 200 * 1024 * 1024;

/**
 * Throws GotThrough if the act takes too long or too much memory, or changes Object.prototype. Other attacks run in this process at the
 * same time, so that an act which took too much memory is measured once more, and the smaller figure counts.
 */
export async function cheaply<T>(act: () => Promise<T>, limitMs = TIME_LIMIT_MS): Promise<T> {
  const first = await measured(act);
  const { answer, ms, bytes } = first.bytes <= MEMORY_LIMIT ? first : await measured(act);
  must(ms <= limitMs, `It took ${Math.round(ms)} ms.`);
  must(bytes <= MEMORY_LIMIT, `It took ${Math.round(bytes / 1024 / 1024)} MB of memory.`);
  must(
    Reflect.ownKeys(Object.prototype).every((key) => !isForeign(key)),
    'Every object has a new property.',
  );
  return answer;
}

async function measured<T>(act: () => Promise<T>) {
  const [from, memory] = [performance.now(), process.memoryUsage().rss];
  const answer = await act();
  return { answer, ms: performance.now() - from, bytes: process.memoryUsage().rss - memory };
}

const isForeign = (key: string | symbol): boolean => key === 'isAdmin' || key === 'kind' || key === 'polluted';
