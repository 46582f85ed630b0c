import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../../docs/upgrade.md');

/** The commands of docs/upgrade.md for a computer with a bot or a worker, for the root folder `root` instead of `/`. Throws unless the page gives them once. */
export function commandsOf(heading: 'Backup' | 'Restore', computer: 'bot' | 'worker', root: string): string {
  const section = readFileSync(PAGE, 'utf8').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const blocks = [...section.matchAll(/```sh\n(.*?)```/gs)].map(([, commands = '']) => commands);
  const [commands, ...others] = blocks.filter((one) => one.includes(`registry-ha-${computer}.tar.gz`));
  if (commands === undefined || others.length > 0) throw new Error(`The page has no commands for the ${computer}.`);
  return commands.replaceAll('tar -C /', `tar -C ${root}`).replaceAll(/(?<=[ "])\/(?=\$f|etc)/g, `${root}/`);
}
