import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classifyCall, classifyMinions, classifyStart, type Expects } from '../../../src/adapters/salt/classify.ts';
import { jobOf } from '../../../src/adapters/salt/jobs.ts';
import type { SaltReturn } from '../../../src/domain/cluster/salt.ts';
import type { CommandResult } from '../../../src/domain/node-commands/command.ts';
import { exit } from '../../../src/domain/node-commands/ended.ts';

const FOLDER = new URL('../../fixtures/salt-3002/', import.meta.url);
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.rc'))
  .map((file) => file.slice(0, -3));
const lines = new Map(
  [...readFileSync(new URL('index.md', FOLDER), 'utf8').matchAll(/^\| (\S+) \| `([^`]+)`/gm)].map((row) => [
    row[1],
    row[2],
  ]),
);

function captured(name: string): CommandResult {
  const read = (ending: string) => readFileSync(new URL(`${name}.${ending}`, FOLDER), 'utf8');
  return { ended: exit(Number(read('rc'))), stdout: read('out'), stderr: read('err') };
}

/** An answer on one line, for a reader. */
function brief(answer: SaltReturn): string {
  switch (answer.is) {
    case 'ok':
      return `ok ${answer.states}/${answer.changed}`;
    case 'failed':
      return `failed ${answer.first.sls}: ${answer.first.id} (${answer.failed}+${answer.skipped})`;
    case 'conflict':
      return `conflict ${answer.jids.join(' ')}`;
    case 'not-run':
    case 'error':
      return `${answer.is} ${answer.why}`;
    default:
      return answer.is;
  }
}

function verdict(name: string): string {
  const line = lines.get(name) ?? '';
  const result = captured(name);
  const expects: Expects = / state\./.test(line) ? 'states' : 'anything';
  if (/salt-call /.test(line)) return brief(classifyCall(result, expects));
  if (/salt-run /.test(line)) return jobVerdict(result.stdout);
  const minions = [...classifyMinions(result, expects)].sort();
  if (minions.length > 0) return minions.map(([id, answer]) => `${id}=${brief(answer)}`).join(' ');
  const started = classifyStart(result);
  return 'jid' in started ? `jid ${started.jid}` : brief(started);
}

function jobVerdict(stdout: string): string {
  const job = jobOf('20261122054801781691', stdout);
  if (job === null) return 'no job';
  const returns = Object.entries(job.returns).sort();
  return `job known=${job.known} of ${job.targeted.join(',')}: ${returns.map(([id, one]) => `${id}=${brief(one)}`).join(' ')}`;
}

/** The verdict on each capture, decided by reading it. Text output without JSON proves nothing. */
const EXPECTED: Readonly<Record<string, string>> = {
  'd-allok-json': 'node-1=ok 1/1 node-2=ok 1/1 node-3=no-return',
  'd-list-unknown-json': 'node-1=ok 0/0 node-9=no-return',
  'd-manage-status-json': 'no job',
  'd-ok-json': 'node-1=ok 1/0 node-2=failed lab.fail_node2: only fails on node-2 (1+0) node-3=no-return',
  'd-ping-json-static': 'node-1=ok 0/0 node-2=ok 0/0',
  'd-ping-json': 'node-1=ok 0/0 node-2=ok 0/0 node-3=no-return',
  'k-get_archives-corrupt-json': 'error command',
  'k-get_archives-dup-json': 'error command',
  'k-get_archives-json': 'ok 0/0',
  'k-get_archives-missing-json-retpass': 'error command',
  'k-get_archives-missing-json': 'error command',
  'k-get_archives-noversion-json': 'error command',
  'k-get_archives-truncated-json': 'ok 0/0',
  'k-get_archives-two-json': 'ok 0/0',
  'k-get_archives-wrongname-json': 'error command',
  'k-get_archives': 'lost',
  'k-get_mounted-after-json': 'ok 0/0',
  'k-get_mounted-json': 'ok 0/0',
  'k-master-mounted-json': 'node-1=ok 3/0',
  'k-mounted-fuse-again-json': 'ok 3/0',
  'k-mounted-fuse': 'lost',
  'k-mounted-nokernel-json':
    "failed metalk8s.archives.mounted: Mount '/srv/lab/archives/metalk8s-127.0.0.iso' at '/srv/scality/metalk8s-127.0.0' (1+0)",
  'k-mounted-nokernel': 'error command',
  'k-mounted-test': 'lost',
  'm-async': 'jid 20261122054801781691',
  'm-conflict-json': 'node-1=conflict 20261122054629391001',
  'm-fail1-json-static': 'node-1=ok 1/0 node-2=failed lab.fail_node2: only fails on node-2 (1+0) node-3=ok 1/0',
  'm-fail1-json': 'node-1=ok 1/0 node-2=failed lab.fail_node2: only fails on node-2 (1+0) node-3=ok 1/0',
  'm-fail1': 'error command',
  'm-missing-json': 'node-1=not-run missing node-2=not-run missing node-3=not-run missing',
  'm-nofunc-json': 'node-1=error not-available node-2=error not-available node-3=error not-available',
  'm-nomatch-json': 'error nobody',
  'm-ok-json': 'node-1=ok 2/0 node-2=ok 2/2 node-3=ok 2/2',
  'm-ping-json': 'node-1=ok 0/0 node-2=ok 0/0 node-3=ok 0/0',
  'm-raise1-json': 'node-1=ok 1/0 node-2=not-run render node-3=ok 1/0',
  'm-show-jid-json': 'node-1=ok 1/0 node-2=failed lab.fail_node2: only fails on node-2 (1+0) node-3=ok 1/0',
  'q-salt-TERM': 'lost',
  'r-jobs-active-json': 'no job',
  'r-list_job-json': 'job known=true of node-1,node-2,node-3: node-1=ok 1/1 node-2=ok 1/1 node-3=ok 1/1',
  'r-lookup-early-json': 'no job',
  'r-lookup-json': 'no job',
  'r-print_job-json': 'no job',
  'salt-nomaster-json': 'master-down',
  'sc-badenv-json': 'not-run missing',
  'sc-badinclude-json': 'not-run missing',
  'sc-conflict-json-retpass': 'conflict 20261122054629391001',
  'sc-conflict-json': 'conflict 20261122054629391001',
  'sc-empty-json': 'error empty',
  'sc-exception-json': 'failed lab.exception: state that throws (2+0)',
  'sc-fail-json-retpass': 'failed lab.fail: this one breaks (1+1)',
  'sc-fail-json': 'failed lab.fail: this one breaks (1+1)',
  'sc-fail': 'error command',
  'sc-missing-json': 'not-run missing',
  'sc-nofunc-json': 'error not-available',
  'sc-ok-changes-json': 'ok 2/2',
  'sc-ok-nochanges': 'lost',
  'sc-ping-json': 'ok 0/0',
  'sc-running-json': 'ok 0/0',
  'sc-sync-json': 'ok 0/0',
  'sc-test-true-json': 'ok 2/0',
  'sc-undefined-json': 'not-run render',
  'sc-warn-json': 'ok 1/1',
};

describe('captures of real Salt 3002.7', () => {
  test.each(names)('get the right verdict: %s', (name) => {
    expect(verdict(name)).toBe(EXPECTED[name] ?? 'no row in this table');
  });

  test('are complete: each row has its capture', () => {
    expect(Object.keys(EXPECTED).filter((name) => !names.includes(name))).toEqual([]);
    expect(names.length).toBeGreaterThanOrEqual(62);
  });
});
