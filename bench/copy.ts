import { parseArgs } from 'node:util';
import { startLab } from './lab.ts';
import { has } from './peers.ts';
import { type Race, type Round, race } from './race.ts';
import { type Row, rowOf, table } from './report.ts';
import { fanOut, reruns, wholeCopies } from './rows.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    mib: { type: 'string', default: '256' },
    only: { type: 'string', default: '' },
  },
});

const rounds = Number(values.rounds);
const wanted = (name: string): boolean => values.only === '' || values.only.split(',').includes(name);
const tell = (line: string): boolean => process.stderr.write(`${line}\n`);

const lab = await startLab(Number(values.mib));
const rows: Row[] = [];

async function measure(one: Race): Promise<readonly Round[]> {
  if (!wanted(one.name)) return [];
  tell(`${one.name} …`);
  const all = await race(one, rounds);
  const row = rowOf(one, all);
  rows.push(row);
  tell(table([row]));
  return all;
}

try {
  for (const one of await wholeCopies(lab)) await measure(one);
  await measure(await fanOut(lab));
  if (await has('rsync')) {
    const { races } = await reruns(lab);
    for (const one of races) await measure(one);
  } else tell('No rsync here: resume60, noop and seeded-rsync are left out.');
} finally {
  await lab.close();
}
process.stdout.write(
  values.json
    ? `${JSON.stringify(Object.fromEntries(rows.map(({ name, ...row }) => [name, row])))}\n`
    : `${table(rows)}\n`,
);
