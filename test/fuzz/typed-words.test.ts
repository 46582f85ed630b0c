import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../sandbox/cluster/ssh/words.ts';
import { isRefusal } from '../../src/domain/answers/refusal.ts';
import { isNodeName } from '../../src/domain/cluster/node-name.ts';
import { command, render } from '../../src/domain/node-commands/command.ts';
import { clean } from '../../src/domain/text/printable.ts';
import { parseCommand } from '../../src/domain/wish/parse-command.ts';
import { typed } from '../../src/slack/inbox/typed.ts';
import { cut } from '../../src/slack/text/fit.ts';
import { code, escaped } from '../../src/slack/text/foreign-text.ts';
import { fuzz, wordsLike } from './arbitraries.ts';

const context = { clusters: ['lab', 'prod-paris'], defaultCluster: 'lab' };
const VOCABULARY = [
  ...['add', 'help', '--cluster', '--reason', '--reason=', '—reason', 'lab', 'prod-paris', 'node-2', 'node-2,node-3'],
  ...['"', "'", '“', '”', '‘', '’', '\\', '=', '&lt;', '&amp;', '<@U0BOB|bob>', '<http://node-2|node-2>', '\n', '\0'],
  ...['\u202e', '$(reboot)', ';', '`', '\ud800', '\u001b[31m', '<!channel>'],
];
const text = wordsLike(VOCABULARY);

describe('typed text', { timeout: 600_000 }, () => {
  it('yields an intent, help or a refusal in clean text, and never an impossible node name', () => {
    fuzz(text, (line) => {
      const answer = parseCommand(typed(`add ${line}`), context);
      if (isRefusal(answer)) return expect(`${answer.says}${answer.tryNext}`).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      if (answer.is !== 'change') return;
      expect(answer.intent.nodes.every(isNodeName)).toBe(true);
      expect(answer.intent.reason ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    });
  });

  it('after an unquoted reason is no node name, and the answer has a command that does what was meant', () => {
    const node = fc.constantFrom('node-1', 'node-2', 'node-3.lab');
    const word = fc.oneof(node, fc.constantFrom('replace', 'disk', "node-1's", 'a=b', 'x,y', '“new”', '<&>', '`'));
    const nodes = fc.uniqueArray(node, { minLength: 1 });
    fuzz(fc.tuple(nodes, word, fc.array(word, { minLength: 1, maxLength: 6 })), ([names, first, behind]) => {
      fc.pre(!first.startsWith('“'));
      const answer = parseCommand(`add ${names.join(' ')} --reason ${[first, ...behind].join(' ')}`, context);
      if (!isRefusal(answer)) throw new Error(`taken as ${JSON.stringify(answer)}`);
      const [, meant = ''] = (answer.tryNext ?? '').split('/registry-ha ');
      const reason = [first, ...behind].join(' ').replaceAll(/[“”]/g, '').trim();
      expect(parseCommand(meant, context)).toEqual({
        is: 'change',
        intent: { verb: 'add', cluster: 'lab', nodes: names, reason },
      });
    });
  });

  it('without a verb yields a refusal or help', () => {
    fuzz(text, (line) => void parseCommand(typed(line), context));
  });
});

describe('an external word', { timeout: 600_000 }, () => {
  it('is one word for a node’s shell, whatever it contains', () => {
    fuzz(fc.array(text, { minLength: 1, maxLength: 4 }), (words) => {
      const [program = '', ...args] = words;
      expect(splitWords(render(command(program, ...args)))).toEqual({ is: 'words', words });
    });
  });

  it('makes no mention, link or invisible character in Slack, even when cut', () => {
    fuzz(fc.tuple(text, fc.nat(60)), ([foreign, limit]) => {
      for (const shown of [escaped(foreign), code(foreign), cut(escaped(foreign), limit)]) {
        expect(shown).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)|[\p{Cc}\p{Cf}\p{Cs}]/u);
      }
      expect(clean(foreign)).not.toMatch(/[^\P{Cc}\n\t]|[\p{Cf}\p{Cs}]/u);
    });
  });
});
