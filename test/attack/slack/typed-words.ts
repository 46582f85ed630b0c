import { holds } from '../../../sandbox/seen/texts.ts';
import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage } from '../stage/attack-stage.ts';
import { markupIn } from './markup.ts';

const RTL = '\u202e';
const LONG = 10_000;

/** Texts that people can type. As a name they must be refused; a reason may be shown, but only as plain text. */
export function typedAttacks(): readonly Attack[] {
  const words: Readonly<Record<string, string>> = {
    'a-command': 'node-2;reboot',
    'a-substitution': 'node-2$(reboot)',
    backticks: 'node-2`reboot`',
    quotes: `node-2'"`,
    NUL: 'node-2\0',
    RTL: `node-2${RTL}3-edon`,
    markup: '<!channel>',
    'a-path': '../../etc/shadow',
    'an-option': '--config=/etc/shadow',
    '10000-letters': 'a'.repeat(LONG),
    '10000-hyphens': `a${'-'.repeat(LONG)}_`,
    __proto__: '__proto__',
  };
  return [
    ...Object.entries(words).map(([what, word]) => name(what, word)),
    ...Object.entries({ ...words, 'a-newline': 'one\ntwo', ANSI: 'red \u001b[31mred' }).map(([what, word]) =>
      reason(what, word),
    ),
    name('a-newline', 'node-2\nnode-3;reboot'),
  ];
}

function name(what: string, word: string): Attack {
  return {
    on: 'bot',
    name: `node-named-${what}`,
    tries: `add ${JSON.stringify(word.slice(0, 40))}`,
    async stopped(stage) {
      const before = await stage.count();
      const answer = await stage.door.command(ALICE, `add ${word}`);
      must(answer !== null, 'Alice got no answer.');
      must((await stage.count()) === before, 'The command made a change.');
      mustBePlain(answer ?? '');
      return answer ?? '';
    },
  };
}

/** Refused with an explanation, or shown on the card as plain text; never part of a command. */
function reason(what: string, word: string): Attack {
  return {
    on: 'bot',
    name: `reason-of-${what}`,
    tries: `add node-2 --reason ${JSON.stringify(word.slice(0, 40))}`,
    async stopped(stage) {
      const quote = word.includes('"') ? '“' : '"';
      const text = `add node-2 --reason ${quote}${word}${quote === '“' ? '”' : quote}`;
      const asked = await stage.askOrHear(text);
      if ('reply' in asked) {
        mustBePlain(asked.reply);
        return asked.reply;
      }
      await stage.answered(asked.id);
      await stage.drawn(asked.id);
      return mustShowPlainly(stage, asked.id, word);
    },
  };
}

function mustShowPlainly(stage: AttackStage, id: string, word: string): string {
  const card = stage.card(id);
  must(card !== undefined && holds(card, /[a-z0-9]{3,}/.exec(word)?.[0] ?? word), 'The card does not show the reason.');
  for (const message of stage.sandbox.slack.messages()) {
    const found = markupIn(message);
    must(found === null, `A message contains ${found}.`);
  }
  return 'the card shows it as plain text';
}

function mustBePlain(answer: string): void {
  must(
    !/<[!@#h]|[\p{Cc}\p{Cf}]/u.test(answer.replaceAll('\n', '')),
    `The answer is not plain text: ${JSON.stringify(answer)}`,
  );
  must(answer.length < 4_000, `The answer has ${answer.length} characters.`);
}
