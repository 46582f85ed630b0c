import type { Attack } from '../attack.ts';
import { must } from '../outcome.ts';
import { ALICE, type AttackStage, BOB, MALLORY } from '../stage/attack-stage.ts';
import type { Submission } from '../stage/door.ts';

/** Forms signed by Slack that nobody could have filled in, or that the person may not send. None may request anything. */
export function formAttacks(): readonly Attack[] {
  return [...withForgedMetadata(), ...withForgedFields(), ...byWrongSenders()];
}

const UNREADABLE = /cannot read this form/;

function withForgedMetadata(): readonly Attack[] {
  return [
    form('form-with-another-channel', 'metadata with a channel that the policy does not allow', /channel/, {
      metadata: '{"channel":"C0RANDOM"}',
    }),
    form('form-without-metadata', 'empty metadata', UNREADABLE, { metadata: '' }),
    form('form-with-metadata-that-is-no-json', 'metadata that is not JSON', UNREADABLE, { metadata: '{"channel' }),
    form('form-with-more-metadata', 'metadata that names another requester', UNREADABLE, {
      metadata: `{"channel":"C0OPS","user":"${BOB.id}","approved":true}`,
    }),
    form('form-with-__proto__-in-its-metadata', 'metadata that sets __proto__', UNREADABLE, {
      metadata: '{"channel":"C0OPS","__proto__":{"by":"U0BOB"}}',
    }),
    form('form-with-a-link-for-a-channel', 'metadata with markup in place of a channel', UNREADABLE, {
      metadata: '{"channel":"<!channel>"}',
    }),
  ];
}

function withForgedFields(): readonly Attack[] {
  return [
    form('form-with-an-option-for-a-node', 'the option --cluster in place of a node', /not a valid node name/, {
      nodes: ['--cluster', 'prod'],
    }),
    form('form-with-a-command-for-a-node', 'a command in place of a node', /not a valid node name/, {
      nodes: ['node-2;reboot'],
    }),
    form('form-with-a-made-up-option', 'an option of another verb', /no option “--last”/, { options: ['--last'] }),
    form('form-of-another-cluster', 'a cluster that the form does not offer', /no cluster “prod”/, { cluster: 'prod' }),
    form('form-with-a-made-up-verb', 'the verb __proto__', UNREADABLE, { verb: '__proto__' }),
    form('form-with-a-thousand-nodes', 'a thousand nodes', /has no node|1000 nodes/, {
      nodes: Array.from({ length: 1000 }, (_, n) => `node-${n + 1}`),
    }),
  ];
}

function byWrongSenders(): readonly Attack[] {
  return [
    form('form-by-mallory', 'a form by a person without permission', /You may not request/, { by: MALLORY }),
    form('form-by-a-bot', 'a form by a bot user', /You may not request|only from people/, {
      by: { id: 'B0BOT', name: 'bot' },
    }),
    form('form-from-another-team', 'a form from another workspace', /only from its own Slack workspace/, {
      team: 'T0EVIL',
    }),
  ];
}

function form(name: string, tries: string, wanted: RegExp, made: Partial<Submission>): Attack {
  return {
    on: 'bot',
    name,
    tries,
    async stopped(stage) {
      const before = await stage.count();
      const heard = privateWords(stage).length;
      const { by = ALICE } = made;
      const { text } = await stage.door.submit({ ...made, by });
      const told = () => [text, ...privateWords(stage).slice(heard)].find((words) => wanted.test(words));
      await stage.until('an explanation', async () => told() !== undefined);
      must((await stage.count()) === before, 'The form made a change.');
      return told() ?? '';
    },
  };
}

/** The texts of all private messages. */
export const privateWords = ({ sandbox }: AttackStage): readonly string[] =>
  sandbox.slack.messages().flatMap(({ ephemeralFor, text }) => (ephemeralFor === undefined ? [] : [text]));
