import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const HERE = (path: string): string => JSON.stringify(join(ROOT, path));

/** A suite that prints its options and one line, and returns exit code 1, like a suite with a failed trial. */
const FAILING = `
import { runCommandLine } from ${HERE('sandbox/command/command-line.ts')};
import { trialCommand } from ${HERE('test/harness/command/trial-command.ts')};
await runCommandLine(trialCommand({
  name: 'chaos', description: 'Fail.', one: 'scenario', seed: { about: 'nothing', usual: '1' }, atOnce: { about: 'n', usual: 3 },
  run: async ({ json, list, only, seed, atOnce, say, print }) => {
    say('a word');
    print(JSON.stringify({ json, list, only, seed, atOnce }));
    return 1;
  },
}));`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function node(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...args], { cwd: ROOT }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The suites by their names for npm, and whether a seed decides anything in them. */
const SUITES = [
  ['chaos', 'chaos', true],
  ['attack', 'attack', true],
  ['test:mutation', 'mutation', false],
] as const;
type Folder = (typeof SUITES)[number][1];

const suite = (folder: Folder, ...words: readonly string[]) => node([`test/${folder}/main.ts`, ...words]);
const failing = (...words: readonly string[]) => node(['--input-type=module', '-e', FAILING, '--', ...words]);

describe.each(SUITES)('npm run %s --', { timeout: 600_000 }, (name, folder, hasSeed) => {
  it('explains every option with --help and exits 0', async () => {
    const { code, stdout } = await suite(folder, '--help');
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: npm run ${name} -- [options]`);
    for (const option of ['--json', '--list', '--only <names>', '--at-once <n>']) expect(stdout).toContain(option);
    expect(stdout.includes('--seed <text>')).toBe(hasSeed);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('1 if not, 2 for wrong usage.');
  });

  it('explains a wrong option, value or argument and exits 2', async () => {
    const [option, number, word] = [
      await suite(folder, '--onyl', 'x'),
      await suite(folder, '--at-once', '0'),
      await suite(folder, 'everything'),
    ];
    expect(option).toMatchObject({ code: 2, stdout: '' });
    expect(option.stderr).toBe(
      `Unknown option '--onyl' (Did you mean --only?)\n\`npm run ${name} -- --help\` lists the options.\n`,
    );
    expect([number.code, number.stderr.split('\n')[0]]).toEqual([
      2,
      "Option '--at-once <n>' argument '0' is invalid. It must be a whole number from 1 to 16.",
    ]);
    expect([word.code, word.stderr.split('\n')[0]]).toEqual([2, expect.stringMatching(/^Too many arguments/)]);
  });
});

describe('a suite of trials', { timeout: 600_000 }, () => {
  it('exits 1 if a trial fails; with --json, standard output has only the result', async () => {
    const plain = await failing();
    expect(plain).toMatchObject({ code: 1, stderr: '' });
    const options = { json: false, list: false, only: '', seed: '1', atOnce: 3 };
    expect(plain.stdout).toBe(`a word\n${JSON.stringify(options)}\n`);
    const { code, stdout, stderr } = await failing('--json', '--only', 'a|b', '--seed', 's', '--at-once', '2');
    expect([code, stderr]).toEqual([1, 'a word\n']);
    expect(JSON.parse(stdout)).toEqual({ json: true, list: false, only: 'a|b', seed: 's', atOnce: 2 });
  });

  it('lists names without starting anything, and rejects an unknown name', async () => {
    const listed = await suite('attack', '--list', '--only', 'job-of');
    expect(listed.code).toBe(0);
    expect(listed.stdout).toMatch(/^job-of-10-MB {2,}a job of ten megabytes\n/);
    const json = await suite('attack', '--list', '--json', '--only', 'job-of');
    expect(JSON.parse(json.stdout)).toContain('job-of-10-MB');
    const unknown = await suite('attack', '--only', 'job-fo');
    expect([unknown.code, unknown.stdout]).toEqual([2, 'No attack is named “job-fo”. `--list` shows the names.\n']);
  });
});
