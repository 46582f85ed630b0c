import { PATIENCE_MS } from '../../fixtures/patience.ts';

/** Polls until the answer is neither false nor undefined; throws after the limit. */
export async function until<T>(look: () => Promise<T | false | undefined>, limitMs = PATIENCE_MS): Promise<T> {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    const answer = await look();
    if (answer !== false && answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It did not come about within ${limitMs} ms.`);
}
