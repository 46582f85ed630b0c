import { must } from '../outcome.ts';

/** An honest inspection takes milliseconds, and one without a limit never ends; the rest is for slow computers. */
const TIME_LIMIT_MS = 30_000;
const MEMORY_LIMIT = 200 * 1024 * 1024;

/** Throws GotThrough if the act takes too long or too much memory, or changes Object.prototype. */
export async function cheaply<T>(act: () => Promise<T>, limitMs = TIME_LIMIT_MS): Promise<T> {
  const [from, memory] = [performance.now(), process.memoryUsage().rss];
  const answer = await act();
  const [ms, bytes] = [performance.now() - from, process.memoryUsage().rss - memory];
  must(ms <= limitMs, `It took ${Math.round(ms)} ms.`);
  must(bytes <= MEMORY_LIMIT, `It took ${Math.round(bytes / 1024 / 1024)} MB of memory.`);
  must(
    Reflect.ownKeys(Object.prototype).every((key) => !isForeign(key)),
    'Every object has a new property.',
  );
  return answer;
}

const isForeign = (key: string | symbol): boolean => key === 'isAdmin' || key === 'kind' || key === 'polluted';
