import { bytesInWords, count } from '../text/format.ts';
import { clean, printable } from '../text/printable.ts';
import { intentInWords } from './intent.ts';
import type { ApprovedPart, PlannedArchive } from './plan.ts';
import { renderNamed, type Scripts, scriptsOf } from './scripts.ts';
import type { Step } from './step.ts';

/**
 * All that a plan's digest covers, in words: every step with every command, every script once. The lines come from nothing else, so
 * that a file with another text than its data can be told.
 */
export function approvedText(approved: ApprovedPart): string {
  const { change, intent, version, saltenv, steps, sideEffects, archives } = approved;
  const reason = intent.reason === undefined ? [] : [`Reason: ${intent.reason}`];
  const scripts = scriptsOf(steps);
  return [
    lines([`${change}: ${intentInWords(intent)}, on the cluster ${intent.cluster}`, ...reason]),
    lines([`MetalK8s ${version}, Salt environment ${saltenv}`]),
    list('Side effects', sideEffects),
    list('Archives', archives.map(archive)),
    list('SSH host keys; approving pins the new ones', hostKeys(approved)),
    list('Machines', machines(approved)),
    ...steps.map((step, index) => stepText(step, index + 1, scripts)),
    ...[...scripts].map(([text, name]) => `${name}:\n${indented(text)}`),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const lines = (all: readonly string[]): string => all.map(printable).join('\n');

/** A list under a title; empty without items. */
export const list = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : lines([`${title}:`, ...items.map((item) => `- ${item}`)]);

const archive = ({ id, path, size, images, sha256 }: PlannedArchive): string =>
  `${id}: ${path}, ${bytesInWords(size)} (${size} bytes), ${count(images, 'image')}, SHA-256 ${sha256}`;

const hostKeys = ({ hostKeys: keys, access }: ApprovedPart): readonly string[] =>
  keys.map(({ node, key }) => {
    const login = access.find((one) => one.node === node);
    const way = login === undefined ? '' : `; as ${login.user}${login.sudo ? ' with sudo' : ''}, key ${login.keyPath}`;
    return `${node}: ${key.algorithm} ${key.fingerprint}, at ${key.host}:${key.port}${way}`;
  });

const machines = ({ machines: known = [] }: ApprovedPart): readonly string[] =>
  known.map(
    ({ node, machine: { id, uuid } }) => `${node}: machine ID ${id ?? 'unknown'}, system UUID ${uuid ?? 'unknown'}`,
  );

const stepText = ({ says, commands }: Step, number: number, scripts: Scripts): string =>
  lines([
    `Step ${number}: ${says}`,
    ...commands.map(({ on, command }) => `    on ${on}: ${renderNamed(command, scripts)}`),
  ]);

/** A script with its own lines, none of which can look like a line of this text. */
const indented = (text: string): string =>
  clean(text)
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
