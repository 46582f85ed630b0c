import type { AnyRow, Result } from './child.ts';

/** The rows with their values by those of the same rows before. Rows that the former commit does not have keep none. */
export function compared(now: Result, before: Result): Result {
  const rows = now.rows.map((row): AnyRow => {
    const former = before.rows.find(({ name }) => name === row.name);
    return former === undefined ? row : { ...row, toFormer: Math.round((row.value / former.value) * 100) / 100 };
  });
  return { ...now, rows };
}

/** A Markdown table for each bench, as docs/benchmarks.md has them. */
export const inWords = (results: readonly Result[]): string => results.map(tableOf).join('\n');

function tableOf({ bench, rows, failed }: Result): string {
  const head = `## bench:${bench}\n\n`;
  if (failed !== null) return `${head}${failed}\n`;
  const hasFormer = rows.some(({ toFormer }) => toFormer !== null);
  const titles = ['row', 'against', 'value', 'goal', '', ...(hasFormer ? ['by the former commit'] : [])];
  const lines = rows.map((row) => [
    row.name,
    row.says,
    `${row.value} (${row.spread})`,
    `${row.goal}`,
    row.met ? 'met' : 'missed',
    ...(hasFormer ? [row.toFormer === null ? '' : row.toFormer.toFixed(2)] : []),
  ]);
  const cells = [titles, titles.map(() => '---'), ...lines].map((one) => `| ${one.join(' | ')} |`);
  const profiles = rows.flatMap(({ name, profile }) => (profile === undefined ? [] : [`- ${name}: ${profile}`]));
  return `${head}${[...cells, ...(profiles.length === 0 ? [] : ['', ...profiles])].join('\n')}\n`;
}
