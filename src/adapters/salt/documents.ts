import { jsonIn } from '../../domain/text/json.ts';

/**
 * The JSON documents in the output of a Salt program. Salt prints one per minion, on one line or several, with lines of plain text
 * between them (`jid: …`, `Executing run on …`, `No minions matched …`). An unclosed document is cut output and ends the list.
 * After brackets that are not JSON, reading resumes on the line after them, so the time is linear.
 */
export function documents(text: string): readonly unknown[] {
  const found: unknown[] = [];
  let at = skipBlanks(text, 0);
  while (at < text.length) {
    const end = documentEnd(text, at);
    if (end === null) break;
    // A failed parse costs microseconds: not for each of a million lines that cannot be JSON.
    const document = MAY_BEGIN_JSON.includes(text[at] ?? '') ? jsonIn(text.slice(at, end)) : undefined;
    if (document !== undefined) found.push(document);
    at = skipBlanks(text, document === undefined ? lineEnd(text, end - 1) : end);
  }
  return found;
}

const MAY_BEGIN_JSON = '{["-0123456789tfn';

/** The end of the document or line that starts at `at`; null when a bracket stays open. */
function documentEnd(text: string, at: number): number | null {
  return text[at] === '{' || text[at] === '[' ? bracketEnd(text, at) : lineEnd(text, at);
}

/** Ignores brackets in strings. Reads small tokens, because a pattern for whole strings overflows on megabytes. */
function bracketEnd(text: string, start: number): number | null {
  const token = /\\.|["[\]{}]/gs;
  token.lastIndex = start;
  let depth = 0;
  let inString = false;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    if (found[0] === '"') inString = !inString;
    if (!inString) depth += DEPTH[found[0]] ?? 0;
    if (depth === 0) return token.lastIndex;
  }
  return null;
}

const DEPTH: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

function skipBlanks(text: string, at: number): number {
  const blank = /\s*/gy;
  blank.lastIndex = at;
  blank.exec(text);
  return blank.lastIndex;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
