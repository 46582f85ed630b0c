import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFields } from '../../../sandbox/slack/json.ts';
import { openJournal } from '../../../src/adapters/journal/entries/journal.ts';
import { readJournal } from '../../../src/adapters/journal/entries/read.ts';
import { isFailure } from '../../../src/domain/answers/failure.ts';
import type { Attack } from '../attack.ts';
import { must, reached } from '../outcome.ts';
import type { AttackStage } from '../stage/attack-stage.ts';

/** Attacks by someone who can write the worker's journal. */
export function journalAttacks(): readonly Attack[] {
  return [
    everyField(),
    lines('journal-line-missing', 'a line removed', (all) => all.toSpliced(1, 1)),
    lines('journal-line-twice', 'a line duplicated', (all) => all.toSpliced(1, 0, all[1] ?? '')),
    lines('journal-lines-exchanged', 'two lines swapped', (all) => all.with(1, all[2] ?? '').with(2, all[1] ?? '')),
    lines('journal-line-rewritten', 'a line reformatted as equivalent JSON', (all) =>
      all.with(1, JSON.stringify(JSON.parse(all[1] ?? ''), null, 1).replaceAll('\n', ' ')),
    ),
    lines('journal-of-another-change', 'a line whose JSON sets __proto__', (all) =>
      all.with(1, (all[1] ?? '').replace('{', '{"__proto__":{"type":"done"},')),
    ),
    head(),
    atTheStart(),
  ];
}

/** Every field of every line but the last, one at a time, at every depth. */
function everyField(): Attack {
  return {
    on: 'worker',
    name: 'journal-each-field-of-each-line',
    tries: 'each field of each line of the worker’s journal, changed one at a time',
    async stopped(stage) {
      const { path, all } = await copied(stage);
      let made = 0;
      for (const [n, line] of sample(all.slice(0, -1))) {
        for (const changed of tampered(JSON.parse(line))) {
          await write(path, all.with(n, JSON.stringify(changed)));
          must(
            await isDamaged(() => readJournal(path)),
            `Line ${n + 1} was accepted: ${JSON.stringify(changed).slice(0, 200)}`,
          );
          made += 1;
        }
      }
      reached(made > 50, `Only ${made} fields were changed.`);
      return `${made} changes, all detected`;
    },
  };
}

/** The first lines of each type, because types have different fields. */
function sample(all: readonly string[]): readonly (readonly [number, string])[] {
  const kinds = new Map<string, readonly [number, string]>();
  for (const [n, line] of all.entries()) {
    const kind = /"type":"([a-z-]+)"/.exec(line)?.[1] ?? '';
    if (!kinds.has(kind)) kinds.set(kind, [n, line]);
  }
  return [...kinds.values()];
}

const MOST_OF_A_LIST = 2;
/** Enough lines to remove one, and to swap two before the last. */
const LEAST_LINES = 4;

/** Copies of the value with one leaf changed, one for each leaf; in long lists only the first two members. */
export function tampered(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [`${value}x`, ''].filter((other) => other !== value);
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (Array.isArray(value)) {
    const members = value.slice(0, MOST_OF_A_LIST);
    return [[], ...members.flatMap((member, n) => tampered(member).map((other) => value.with(n, other)))].filter(
      (other) => JSON.stringify(other) !== JSON.stringify(value),
    );
  }
  if (!isFields(value)) return ['something'];
  const without = Object.keys(value).map((key) => Object.fromEntries(Object.entries(value).filter(([k]) => k !== key)));
  const changed = Object.entries(value).flatMap(([key, member]) =>
    tampered(member).map((other) => ({ ...value, [key]: other })),
  );
  return [{ ...value, more: true }, ...without, ...changed];
}

function lines(name: string, tries: string, change: (all: readonly string[]) => readonly string[]): Attack {
  return {
    on: 'worker',
    name,
    tries: `${tries} in the worker’s journal`,
    async stopped(stage) {
      const { path, all } = await copied(stage);
      const changed = change(all);
      reached(changed.join('\n') !== all.join('\n'), 'Nothing was changed.');
      await write(path, changed);
      must(await isDamaged(() => readJournal(path)), 'A reader accepts the journal.');
      must(await isDamaged(() => openJournal({ path })), 'A worker would continue with the journal.');
      return 'detected by `registry-ha journal verify`, and no worker continues with it';
    },
  };
}

/** No later line depends on the last one, so only its digest shows the change, to someone who has recorded it. */
function head(): Attack {
  return {
    on: 'worker',
    name: 'journal-last-line',
    tries: 'the last line of the worker’s journal, replaced by a valid one',
    async stopped(stage) {
      const { path, all } = await copied(stage);
      const before = await readJournal(path);
      const last = JSON.parse(all.at(-1) ?? '{}');
      await write(
        path,
        all.with(-1, JSON.stringify({ ...last, event: { ...last.event, at: '2020-01-01T00:00:00.000Z' } })),
      );
      const isFound =
        (await isDamaged(() => readJournal(path))) || (await readJournal(path)).head.hash !== before.head.hash;
      must(isFound, 'The change cannot be detected.');
      return '`registry-ha journal verify` prints another head';
    },
  };
}

/** A real worker that starts with a modified journal must do nothing until a person has checked it. */
function atTheStart(): Attack {
  return {
    on: 'worker',
    name: 'journal-changed-while-the-worker-is-down',
    tries: 'a nonce in the journal, changed while the worker is stopped',
    restarts: true,
    async stopped(stage) {
      const { worker } = stage.sandbox.services;
      const path = join(stage.sandbox.folder, 'worker', 'journal.jsonl');
      await worker.kill();
      const good = await readFile(path, 'utf8');
      await writeFile(path, good.replace('"type":"planned"', '"type":"planned" '));
      const failed = await worker.start(stage.signal).then(() => '', String);
      await writeFile(path, good);
      await worker.stop(1);
      await worker.start(stage.signal);
      must(failed !== '', 'The worker continues.');
      must(/journal/.test(failed), `The worker ended for another reason: ${failed}`);
      return /[^\n]*Line \d+ of the journal[^\n]*/.exec(failed)?.[0] ?? failed;
    },
  };
}

async function copied(stage: AttackStage): Promise<{ readonly path: string; readonly all: readonly string[] }> {
  const { sandbox } = stage;
  while (stage.journal.lines().length < LEAST_LINES) await stage.answered(await stage.askQuietly());
  const path = join(sandbox.folder, 'stolen.jsonl');
  await copyFile(join(sandbox.folder, 'worker', 'journal.jsonl'), path);
  const all = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  await readJournal(path);
  return { path, all };
}

const write = (path: string, all: readonly string[]): Promise<void> => writeFile(path, `${all.join('\n')}\n`);

async function isDamaged(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    if (isFailure(error, 'journal-damaged')) return true;
    throw error;
  }
}
