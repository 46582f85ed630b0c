import type { Clock } from '../../ports/clock.ts';

/** Acts with a signal that is aborted at the limit, or with `signal`. */
export async function limited<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  act: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, done] = [new AbortController(), new AbortController()];
  const limit = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    return await act(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort();
    await limit;
  }
}
