import { appendFile, chmod, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/adapters/journal/entries/journal.ts';
import { digestOf } from '../../../../src/adapters/journal/file/line.ts';
import { newKeyPair } from '../../../../src/adapters/keys/pair.ts';
import { headSealer } from '../../../../src/adapters/keys/seals.ts';
import { Failure } from '../../../../src/domain/answers/failure.ts';
import * as events from '../../../contract/changes-events.ts';
import { journalContract } from '../../../contract/journal.contract.ts';
import { removeFolder } from '../../../harness/stage/own-folder.ts';

async function temporary() {
  const folder = await mkdtemp(join(tmpdir(), 'registry-ha-journal-'));
  return { path: join(folder, 'journal.jsonl'), remove: () => removeFolder(folder) };
}

journalContract('file', async () => {
  const { path, remove } = await temporary();
  const journal = await openJournal({ path });
  const close = async () => {
    await journal.close();
    await remove();
  };
  return { journal, close };
});

describe('journal on disk', () => {
  let path: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ path, remove } = await temporary());
  });
  afterEach(() => remove());

  /** A closed journal of a change that was approved (nonce `n1`), started and did one step. */
  async function written(): Promise<readonly string[]> {
    const journal = await openJournal({ path });
    for (const event of [events.approved('c1-abc234'), events.started, events.stepStarted, events.failed]) {
      await journal.append('c1-abc234', event);
    }
    await journal.close();
    return (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  }

  async function damage(): Promise<Failure> {
    const opened = openJournal({ path });
    const failure: unknown = await opened.then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure instanceof Failure) return failure;
    throw new Error('the journal was opened');
  }

  it('knows its events and used approvals after a restart', async () => {
    await written();
    const journal = await openJournal({ path });
    expect((await journal.events('c1-abc234')).map(({ type }) => type)).toContain('step-started');
    expect(await journal.hasNonce('n1')).toBe(true);
    await journal.append('c1-abc234', events.done);
    expect(await journal.events('c1-abc234')).toHaveLength(5);
    await journal.close();
  });

  it('refuses a journal in which a line is missing, though every hash behind it was made anew', async () => {
    const lines = await written();
    const left: string[] = [];
    for (const line of lines.toSpliced(1, 1)) {
      const before = left.at(-1);
      const prev = before === undefined ? JSON.parse(line).prev : digestOf(before);
      left.push(JSON.stringify({ ...JSON.parse(line), prev }));
    }
    await writeFile(path, `${left.join('\n')}\n`);
    expect((await damage()).report().what).toContain('has the number 3: a line is missing or was added');
  });

  it('restricts file and folder to their owner', async () => {
    const inner = join(path, '..', 'inner', 'journal.jsonl');
    await (await openJournal({ path: inner })).close();
    const mode = async (of: string) => (await stat(of)).mode & 0o777;
    expect([await mode(inner), await mode(join(inner, '..'))]).toEqual([0o600, 0o700]);
  });

  it.each([
    ['half of a line', '{"seq":5,"prev":"ab'],
    ['half of a line with a newline', '{"seq":5,"prev"\n'],
    ['zeros, as a file system leaves them', '\0\0\0\0\0\0'],
    ['a whole line without its newline', '{"seq":5}'],
  ])('sets aside an unfinished line after a crash: %s', async (_what, torn) => {
    const lines = await written();
    await appendFile(path, torn);
    const journal = await openJournal({ path });
    await journal.append('c1-abc234', events.done);
    expect(await journal.events('c1-abc234')).toHaveLength(lines.length + 1);
    await journal.close();
    expect(await readFile(`${path}.torn-1`, 'utf8')).toBe(torn);
    await (await openJournal({ path })).close();
  });

  it('keeps each unfinished line in its own file', async () => {
    await written();
    for (const torn of ['{"a', '{"b']) {
      await appendFile(path, torn);
      await (await openJournal({ path })).close();
    }
    expect(await readFile(`${path}.torn-2`, 'utf8')).toBe('{"b');
  });

  it('rejects a journal with any byte flipped before the last line', async () => {
    const lines = await written();
    const content = await readFile(path);
    const end = content.length - (lines.at(-1)?.length ?? 0) - 1;
    for (let at = 0; at < end; at += 97) {
      const flipped = Buffer.from(content);
      flipped[at] = (content[at] ?? 0) ^ 1;
      await writeFile(path, flipped);
      expect(await damage(), `byte ${at}`).toMatchObject({ kind: 'journal-damaged' });
    }
  });

  it.each([
    ['missing', (lines: readonly string[]) => lines.toSpliced(1, 1), 2],
    ['doubled', (lines: readonly string[]) => lines.toSpliced(1, 0, lines[1] ?? ''), 3],
    ['swapped with the next', (lines: readonly string[]) => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''), 2],
    ['empty', (lines: readonly string[]) => lines.with(1, ''), 2],
    [
      'of another version',
      (lines: readonly string[]) => lines.with(1, '{"seq":2,"prev":"","change":"c1-a","event":{}}'),
      2,
    ],
  ])('names the line and the way out when a line is %s', async (_what, change, line) => {
    await writeFile(path, `${change(await written()).join('\n')}\n`);
    const failure = await damage();
    expect(failure).toMatchObject({ kind: 'journal-damaged' });
    expect(failure.report().what).toContain(`Line ${line} `);
    expect(failure.report().next).toContain('move the file and the numbered files beside it');
  });

  /** A line that follows from those before, as a newer version may write it. */
  const newer = (lines: readonly string[], line: object): string =>
    JSON.stringify({ seq: lines.length + 1, prev: digestOf(lines.at(-1) ?? ''), ...line });

  it.each([
    ['a verb', { change: 'c1-abc234', event: { ...events.requested('c1-abc234'), intent: { verb: 'unheard-of' } } }],
    ['a type of event', { change: 'c1-abc234', event: { type: 'paused', at: events.halfway.at } }],
    ['a member of an event', { change: 'c1-abc234', event: { ...events.started, by: 'me' } }],
    ['a kind of line', { change: 'c1-abc234', note: 'new' }],
  ])('is not opened when a newer version has written %s, and says what to do', async (_what, line) => {
    const lines = await written();
    await appendFile(path, `${newer(lines, line)}\n`);
    const before = await readFile(path, 'utf8');
    const failure = await damage();
    expect(failure).toMatchObject({ kind: 'journal-newer', of: 'record' });
    expect(failure.report().what).toBe(
      'Line 5 of the journal, about c1-abc234, was written by a newer version of registry-ha.',
    );
    expect(failure.report().next).toContain('Update registry-ha on this node to that version');
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('is damaged, not newer, when a line behind the unknown one does not follow from it', async () => {
    const lines = await written();
    const unknown = newer(lines, { change: 'c1-abc234', note: 'new' });
    const behind = newer([...lines, unknown], { change: 'c1-abc234', event: events.done });
    await writeFile(path, `${[...lines, unknown.replace('new', 'old'), behind].join('\n')}\n`);
    expect(await damage()).toMatchObject({ kind: 'journal-damaged' });
  });

  it('refuses a folder that others can write to, and gives the fix', async () => {
    const folder = join(path, '..');
    await chmod(folder, 0o777);
    const failure = await damage();
    expect(failure).toMatchObject({ kind: 'journal-unusable' });
    expect(failure.report().next).toBe(`Run \`chmod go-w ${folder}\`.`);
  });

  it('refuses the journal of another cluster, or of a renamed one, before it writes anything', async () => {
    const journal = await openJournal({ path, cluster: 'c1' });
    await journal.append('c1-abc234', events.started);
    await journal.append('c1-abc234', events.done);
    await journal.close();
    const before = await readFile(path, 'utf8');
    const failure = await openJournal({ path, cluster: 'c2', sealer: headSealer(newKeyPair()) }).catch(
      (error) => error,
    );
    expect(failure).toMatchObject({ kind: 'journal-unusable' });
    expect(failure.report().what).toBe(
      'The journal has the change c1-abc234, which is not of the cluster c2 of this worker.',
    );
    expect(failure.report().next).toContain('put the one of c2 back');
    expect(await readFile(path, 'utf8')).toBe(before);
    await (await openJournal({ path, cluster: 'c1' })).close();
  });

  it('explains a file that cannot be opened', async () => {
    await writeFile(path, '');
    const failed = openJournal({ path: join(path, 'journal.jsonl') });
    await expect(failed).rejects.toMatchObject({ kind: 'journal-unusable' });
  });

  it('writes nothing after it was closed, and nothing unreadable', async () => {
    const journal = await openJournal({ path });
    await expect(journal.append('', events.started)).rejects.toThrow();
    await journal.append('c1-abc234', events.started);
    await journal.close();
    await expect(journal.append('c1-abc234', events.done)).rejects.toThrow(/closed/);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
  });
});
