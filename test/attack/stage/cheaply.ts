import { must } from '../outcome.ts';

/** An honest look takes milliseconds; more than this would keep the worker from its work. */
const TIME_LIMIT_MS = 5_000;
const MEMORY_LIMIT = 200 * 1024 * 1024;

/** Throws GotThrough when it takes long, takes much memory, or changes what every object has. */
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
