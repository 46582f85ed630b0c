import type { Plan, PlannedArchive } from '../../domain/plan/plan.ts';
import type { PlanShown } from '../../domain/questions/question.ts';
import { bytesInWords, count, secondsInWords } from '../../domain/text/format.ts';
import { verbPlug } from '../../domain/verbs/verbs.ts';
import { type Block, listed, section, wholeList } from '../text/blocks.ts';
import { fitLines } from '../text/fit.ts';
import { code, escaped } from '../text/foreign-text.ts';
import { MRKDWN } from '../text/markup.ts';
import type { Detail } from './detail.ts';

/** Everything about the plan but its steps, warnings first. */
export function planFacts({ intent, plan }: PlanShown, detail: Detail): readonly Block[] {
  const { approved, seen } = plan;
  const list = (title: string, lines: readonly string[], room = detail.list) =>
    room === 'all' ? wholeList(title, lines) : listed(title, fitLines(lines, room));
  return [
    section(inShort({ intent, plan })),
    ...list('Warnings', seen.warnings.map(escaped)),
    ...list('Side effects', approved.sideEffects.map(escaped)),
    ...list('SSH host keys', hostKeys(plan), doubled(detail.list)),
    ...list('Archives', approved.archives.map(archive)),
    ...list('Already on the node, byte for byte', alreadyThere(plan)),
    ...list('Space', space(plan)),
    ...list('Checked', seen.findings.map(escaped)),
  ];
}

/** Host keys get more room, because approving the plan pins them. */
const doubled = (room: Detail['list']): Detail['list'] =>
  room === 'all' ? room : { lines: room.lines * 2, characters: room.characters * 2 };

/** What the plan does and how long it takes, in one or two sentences. */
export function inShort({ intent, plan }: PlanShown): string {
  const { approved, seen } = plan;
  const { from, to } = seen.estimate;
  const summary = verbPlug(intent.verb).words.summary({ intent, plan }, plan, MRKDWN);
  return `${summary}; ${count(approved.steps.length, 'step')} in total. Takes about ${secondsInWords(from)} to ${secondsInWords(to)}.`;
}

const archive = ({ id, size, images, sha256, path }: PlannedArchive): string =>
  `${escaped(id)}: ${bytesInWords(size)}, ${count(images, 'image')}, SHA-256 ${code(sha256.slice(0, 12))}, ${code(path)}`;

const alreadyThere = ({ seen }: Plan): readonly string[] =>
  seen.already.map(({ node, path }) => `${escaped(node)}: ${code(path)}`);

const space = ({ seen }: Plan): readonly string[] =>
  seen.space.map(
    ({ node, mountpoint, needed, available }) =>
      `${escaped(node)} ${code(mountpoint)}: needs ${bytesInWords(needed)}, ${bytesInWords(available)} free`,
  );

/** Host, port, user and key of the worker's SSH login. */
function way(name: string, { access }: Plan['approved']): string {
  const login = access.find(({ node }) => node === name);
  if (login === undefined) return '';
  const { host, port, user, sudo, keyPath } = login;
  return `; at ${code(`${host}:${port}`)} as ${code(user)}${sudo ? ' with sudo' : ''}, key ${code(keyPath)}`;
}

/** New keys first. */
function hostKeys({ approved, seen }: Plan): readonly string[] {
  const isNew = (node: string) => seen.newHostKeys.includes(node);
  return [...approved.hostKeys]
    .sort((left, right) => Number(isNew(right.node)) - Number(isNew(left.node)))
    .map(({ node, key }) => {
      const mark = isNew(node) ? '*new, approving pins it*' : 'known';
      return `${escaped(node)}: ${escaped(key.algorithm)} ${code(key.fingerprint)}, ${mark}${way(node, approved)}`;
    });
}
