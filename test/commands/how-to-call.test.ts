import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { needs } from '../fixtures/needs.ts';

const ROOT = join(import.meta.dirname, '../..');
const OWN_NODE = join(ROOT, 'node_modules/.bin/node');
const INSTALLED = '/opt/registry-ha';
const LIMIT_MS = 60_000;

const folder = mkdtempSync(join(tmpdir(), 'registry-ha-how-to-call-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const run = promisify(execFile);

/** What is typed at this place, as the page of commands says it. */
const onPage = (place: RegExp) => place.exec(text('docs/commands.md'))?.[1] ?? 'the page does not say it';

describe('registry-ha can be called as the pages say', () => {
  needs(existsSync(OWN_NODE), 'Node of linux-x64 in node_modules')(
    'in a clone, where an older Node is installed',
    async () => {
      const [program = '', ...words] = onPage(/^\| in a clone, [^|]*\| `([^`]+) …`/m).split(' ');
      const PATH = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.includes('node_modules'));
      const env = { ...process.env, PATH: PATH.join(delimiter) };
      const { stdout } = await run(program, [...words, '--version'], { cwd: ROOT, env, timeout: LIMIT_MS });
      expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
    },
    LIMIT_MS,
  );

  it('in the image, from a folder that is not the image’s own', () => {
    expect(onPage(/^\| in the image \| `([^`]+) registry-ha …`/m)).toContain('-w "$PWD"');
    expect(text('Dockerfile')).toContain('ENTRYPOINT ["node", "--max-semi-space-size=2", "/app/dist/cli.js"]');
  });

  it('says where the sandbox is, which is in no image and no bundle', { timeout: LIMIT_MS }, async () => {
    const typed = run(process.execPath, [join(ROOT, 'src/cli.ts'), 'sandbox', 'run', '--on'], { timeout: LIMIT_MS });
    await expect(typed).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^The sandbox is not part of this program: run `npm ci && npm run sandbox` .*\n$/),
    });
  });

  it('on the bootstrap node, by its name and with words as they were typed', { timeout: LIMIT_MS }, async () => {
    expect(text('deploy/install.sh')).toContain('COMMAND=$ROOT/usr/local/bin/registry-ha');
    expect(text('deploy/install.sh')).toContain('place 0755 "$TARGET/deploy/registry-ha" "$COMMAND"');
    const wrapper = join(folder, 'registry-ha');
    writeFileSync(wrapper, text('deploy/registry-ha').replaceAll(INSTALLED, folder), { mode: 0o755 });
    for (const part of ['node/bin', 'dist']) mkdirSync(join(folder, part), { recursive: true });
    symlinkSync(process.execPath, join(folder, 'node/bin/node'));
    writeFileSync(join(folder, 'dist/cli.js'), 'console.log(JSON.stringify(process.argv.slice(2)));');
    const { stdout } = await run(wrapper, ['keys', 'list', '--folder', 'a  folder']);
    expect(JSON.parse(stdout)).toEqual(['keys', 'list', '--folder', 'a  folder']);
  });

  it('on the bootstrap node with the program that runs as the service', () => {
    const [, program = 'none'] = /^exec (.*) "\$@"$/m.exec(text('deploy/registry-ha')) ?? [];
    expect(text('deploy/registry-ha-worker.service')).toContain(`ExecStart=${program} worker `);
  });
});
