import { count, firstFew, secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import type { VerbWords } from '../verb.ts';
import { ABOUT_SECONDS } from './limits.ts';

/** Examples of `drill`. */
export const drillUsage = ({ code }: Markup): readonly string[] => [
  `${code('/registry-ha drill node-2')} takes the bootstrap’s registry away for about ${secondsInWords(ABOUT_SECONDS)} and pulls an image through the registry of node-2. ${code('--dry')} changes nothing.`,
];

/** Texts about a `drill`. */
export const drillWords: VerbWords<'drill'> = {
  nodes: ({ intent }) => intent.nodes,
  aim: ({ intent: { nodes } }) => `Drill: ${firstFew(nodes)} serves without the bootstrap’s registry`,
  effect: ({ intent: { nodes } }) =>
    `Takes the bootstrap’s registry away for about ${secondsInWords(ABOUT_SECONDS)}, to prove that of ${firstFew(nodes)}.`,
  summary: ({ intent: { nodes } }, _, { text }) =>
    `Takes the bootstrap’s registry away for about ${secondsInWords(ABOUT_SECONDS)} and pulls an image through the registry of ${text(firstFew(nodes))}`,
  proved: ({ intent: { nodes } }, { drilled, served, expected, archives, engines, engineTotal }, { text }) => {
    const back = `All registries are Ready again: ${served}/${expected} images of ${count(archives, 'archive')}; engines ${engines}/${engineTotal}.`;
    if (drilled === undefined) return back;
    const { awaySeconds, image, engine, through } = drilled;
    const [first = nodes[0] ?? '', ...others] = through;
    const by = `through the registry of ${text(first)}${others.length === 0 ? '' : `, the first of ${text(firstFew(through))} in its list`}`;
    return `The bootstrap’s registry was away for ${secondsInWords(awaySeconds)}. Meanwhile, ${text(engine)} pulled ${text(image)} ${by}. ${back}`;
  },
  afterwards: ({ intent: { nodes } }, { code }) =>
    `A drill pulls one image. To read every layer: ${code(`/registry-ha verify ${nodes.join(' ')} --deep`)}`,
  limits:
    'A drill proves that images can be pulled. The Salt master and the certificate authority still run only on the bootstrap node.',
  toFinish: ({ nodes }, { code }) => `request ${code(`/registry-ha drill ${nodes.join(' ')}`)} again`,
};
