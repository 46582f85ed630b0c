import { type Finding, together } from '../domain/answers/verdict.ts';
import { count } from '../domain/text/format.ts';
import type { AnsweredHere } from './outcome.ts';

/** Whose prerequisites were checked. */
export interface Examined {
  readonly process: 'bot' | 'worker';
  readonly clusters: readonly string[];
  readonly version: string;
}

/** The findings as an answer: a line for each check, and the fix below what is not good. */
export function doctorSays(whose: Examined, findings: readonly Finding[]): AnsweredHere {
  const verdict = together(findings);
  const { process, clusters, version } = whose;
  const checks = findings.map(({ room, name, is, ...said }) => ({ room, name, verdict: is, fix: null, ...said }));
  return {
    is: 'answered',
    text: [
      `registry-ha ${version}, ${process} of ${clusters.join(', ')}`,
      ...linesOf(findings),
      '',
      sum(findings),
    ].join('\n'),
    json: { question: 'doctor', process, clusters, version, verdict, checks },
    isWell: verdict === 'good',
  };
}

function linesOf(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [...Map.groupBy(findings, ({ room }) => room)].flatMap(([room, all]) => [
    '',
    room,
    ...all.flatMap((one) => [
      `  ${MARKS[one.is]}  ${one.name.padEnd(width)}  ${one.says}`,
      ...('fix' in one && one.fix !== undefined ? [`${' '.repeat(width + 13)}Fix: ${one.fix}`] : []),
    ]),
  ]);
}

/** As wide as the longest, so that the names are in one column. */
const MARKS: Readonly<Record<Finding['is'], string>> = { good: 'good   ', wrong: 'WRONG  ', unknown: 'unknown' };

function sum(findings: readonly Finding[]): string {
  const n = (is: Finding['is']) => findings.filter((one) => one.is === is).length;
  const rest = [
    ...(n('wrong') > 0 ? [`${n('wrong')} wrong`] : []),
    ...(n('unknown') > 0 ? [`${n('unknown')} unknown`] : []),
  ];
  return `${count(findings.length, 'check')}: ${[`${n('good')} good`, ...rest].join(', ')}.`;
}
