import { PEOPLE } from '../people.ts';
import type { Sandbox } from '../sandbox.ts';
import { type SeenText, textsOf } from '../seen/texts.ts';
import type { SlackMessage } from '../slack/local-slack.ts';
import { buttonsFor } from '../slack/people/buttons.ts';
import { startService, workerOperation } from './operator-files.ts';
import type { Where } from './parse/statement.ts';
import { Impossible } from './play/impossible.ts';
import type { Stage } from './play/stage.ts';
import { Terminals } from './terminals.ts';

/** Adapts a running sandbox to a scenario's stage. */
export function stageOf(sandbox: Sandbox, signal: AbortSignal): Stage {
  const { slack, cluster, services, changes, texts, faults } = sandbox;
  const terminals = new Terminals(sandbox.folder, signal);
  const settled = async (act: Promise<void>): Promise<string | null> => {
    try {
      await act;
      return null;
    } catch (error) {
      const says = error instanceof Error ? error.message : String(error);
      // An error that Slack shows (bot away, unknown command) is something to expect, so it does not fail the statement.
      if (slack.messages().some(({ text, ephemeralFor }) => ephemeralFor !== undefined && text === says)) return says;
      throw new Impossible(says);
    }
  };
  return {
    say: (person, command) => settled(slack.command(person, command)),
    click: (person, label) => settled(slack.click(person, label)),
    hasButton: (person, label) => hasButton(person, label, slack.messages()),
    write: (person, where, words) => possible(written(sandbox, person, where, words)),
    fill: (person, label, words) => possible(slack.fill(person, label, words)),
    submit: (person) => possible(slack.submit(person)),
    changes: () => changes.read(),
    texts: () => texts.all(),
    modals: (person) => modalsOf(personNamed(person).id, slack.modals()),
    openHome: (person) => possible(slack.openHome(person)),
    homes: (person) =>
      slack
        .homes()
        .filter((one) => one.person === personNamed(person).id)
        .map(({ view }) => ({ texts: textsOf({ text: '', blocks: [view] }) })),
    terminal: (person, command) => terminals.type(person, command),
    terminals: (person) => terminals.of(person),
    idOf: (person) => personNamed(person).id,
    plant: (fault, args) => faults.plant(fault, args),
    clear: (fault) => faults.clear(fault),
    operate: (name, args) => workerOperation(name)?.(sandbox, args) ?? cluster.operate(name, args),
    kill: (service) => services[service].kill(),
    start: (service) => startService(service, sandbox, signal),
    deaths: () => Object.values(services).flatMap(({ death }) => death ?? []),
  };
}

/** The thread of a message is that of the newest card. */
async function written({ slack }: Sandbox, person: string, where: Where, words: string): Promise<void> {
  if (where === 'dm') return await slack.direct(person, words);
  if (where === 'say') return await slack.command(person, words);
  const isCard = ({ author, threadTs, ephemeralFor }: SlackMessage) =>
    author.isBot && threadTs === undefined && ephemeralFor === undefined;
  const card = slack.messages().findLast(isCard);
  if (card === undefined) throw new Error('There is no card to reply to.');
  await (where === 'shortcut' ? slack.shortcut(person, card.ts, words) : slack.reply(person, card.ts, words));
}

async function possible(act: Promise<void>): Promise<void> {
  await act.catch((error: unknown) => {
    throw new Impossible(error instanceof Error ? error.message : String(error));
  });
}

function hasButton(person: string, label: string, messages: Parameters<typeof buttonsFor>[1]): boolean {
  const wanted = label.toLowerCase();
  return buttonsFor(personNamed(person), messages).some((button) => button.label.toLowerCase() === wanted);
}

function modalsOf(id: string, modals: ReturnType<Sandbox['slack']['modals']>): readonly Pick<SeenText, 'texts'>[] {
  return modals
    .filter(({ person }) => person === id)
    .map(({ view, errors }) => ({ texts: textsOf({ text: '', blocks: [view, errors] }) }));
}

function personNamed(name: string): (typeof PEOPLE)[number] {
  const person = PEOPLE.find((one) => one.name === name);
  if (person === undefined) throw new Error(`Unknown person “${name}”.`);
  return person;
}
