import { mistake, type Parsed, parsed } from './parsed.ts';

/** Text from the first quote to the last; a comment may follow. */
const QUOTED = /^"(.*)"(?:\s+#\s.*)?$/;

/** `expect text "…"`, `expect no text "…"`, `expect ephemeral PERSON "…"`. */
export function parseExpectation(line: string, unknownPerson: (name: string) => Parsed | null): Parsed {
  const [, kind, rest = ''] = /^expect\s+(text|no\s+text|ephemeral)\s*(.*)$/.exec(line) ?? [];
  if (kind === undefined) return mistake(USAGE);
  if (kind === 'ephemeral') return parseEphemeral(rest, unknownPerson);
  const text = textIn(rest);
  if (text === null) return mistake(USAGE);
  return parsed(kind === 'text' ? { is: 'expect-text', wanted: text } : { is: 'expect-no-text', unwanted: text });
}

const USAGE = 'Usage: expect text "…", expect no text "…", or expect ephemeral PERSON "…". The text must not be empty.';

function parseEphemeral(rest: string, unknownPerson: (name: string) => Parsed | null): Parsed {
  const [, person, quoted] = /^([^\s"]+)\s+(".*)$/.exec(rest) ?? [];
  if (person === undefined || quoted === undefined) return mistake(USAGE);
  const wanted = textIn(quoted);
  return (
    unknownPerson(person) ?? (wanted === null ? mistake(USAGE) : parsed({ is: 'expect-ephemeral', person, wanted }))
  );
}

/** The text between the quotes, with \" and \\ unescaped. */
function textIn(quoted: string): string | null {
  const inside = QUOTED.exec(quoted)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  return inside === undefined || inside.trim() === '' ? null : inside;
}
