import { mistake, type Parsed, parsed } from './parsed.ts';
import type { Act } from './statement.ts';

/** Text from the first quote to the last; a comment may follow. */
const QUOTED = /^"(.*)"(?:\s+#\s.*)?$/;

/** `expect text "…"`, `expect no text "…"`, `expect ephemeral PERSON "…"`, `expect modal PERSON "…"`, `expect home PERSON "…"`, `expect terminal PERSON "…"`, `expect called PERSON "…"`, `expect not called PERSON "…"`. */
export function parseExpectation(line: string, unknownPerson: (name: string) => Parsed | null): Parsed {
  const [, kind, rest = ''] =
    /^expect\s+(text|no\s+text|ephemeral|modal|home|terminal|called|not\s+called)\s*(.*)$/.exec(line) ?? [];
  if (kind === undefined) return mistake(USAGE);
  if (kind === 'ephemeral')
    return parsePersonal(rest, unknownPerson, (person, wanted) => ({ is: 'expect-ephemeral', person, wanted }));
  if (kind === 'modal')
    return parsePersonal(rest, unknownPerson, (person, wanted) => ({ is: 'expect-modal', person, wanted }));
  if (kind === 'home')
    return parsePersonal(rest, unknownPerson, (person, wanted) => ({ is: 'expect-home', person, wanted }));
  if (kind === 'terminal')
    return parsePersonal(rest, unknownPerson, (person, wanted) => ({ is: 'expect-terminal', person, wanted }));
  if (kind.endsWith('called')) {
    const isCalled = kind === 'called';
    return parsePersonal(rest, unknownPerson, (person, words) => ({ is: 'expect-called', person, words, isCalled }));
  }
  const text = textIn(rest);
  if (text === null) return mistake(USAGE);
  return parsed(kind === 'text' ? { is: 'expect-text', wanted: text } : { is: 'expect-no-text', unwanted: text });
}

const USAGE =
  'Usage: expect text "…", expect no text "…", expect ephemeral PERSON "…", expect modal PERSON "…", expect home PERSON "…", expect terminal PERSON "…", expect called PERSON "…", or expect not called PERSON "…". The text must not be empty.';

function parsePersonal(
  rest: string,
  unknownPerson: (name: string) => Parsed | null,
  act: (person: string, words: string) => Act,
): Parsed {
  const [, person, quoted] = /^([^\s"]+)\s+(".*)$/.exec(rest) ?? [];
  if (person === undefined || quoted === undefined) return mistake(USAGE);
  const wanted = textIn(quoted);
  return unknownPerson(person) ?? (wanted === null ? mistake(USAGE) : parsed(act(person, wanted)));
}

/** The text between the quotes, with \" and \\ unescaped. */
function textIn(quoted: string): string | null {
  const inside = QUOTED.exec(quoted)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  return inside === undefined || inside.trim() === '' ? null : inside;
}
