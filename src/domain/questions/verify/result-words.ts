import { proofResultInWords } from '../../change/event-words.ts';
import type { JournalMark } from '../../change/record-entry.ts';
import { MOST_FINDINGS, type ProofResult, proofVerdict } from '../../cluster/proof-result.ts';
import { shortDigest } from '../../plan/digest.ts';
import { count, firstFew, secondsInWords } from '../../text/format.ts';
import type { Markup } from '../../text/markup.ts';
import { ABOUT_SECONDS, MOST_SECONDS } from '../../verbs/drill/limits.ts';
import { fitByRank, type RankedLine } from '../fit.ts';

/** A result, and where the journal has it; null: it could not be written; `none`: it is not for the journal. */
interface Proved {
  readonly result: ProofResult;
  readonly journal: JournalMark | null | 'none';
}

/** The result: what was proven, or every difference, or what could not be read. */
export function resultInWords({ result, journal }: Proved, markup: Markup, drills?: string): string {
  const { differences, moreDifferences, unread, moreUnread, cut } = result;
  const { text } = markup;
  const more = (n: number, what: string) => (n === 0 ? [] : [rank(1, `… ${count(n, what)} more.`)]);
  const lines = [
    rank(0, markup.strong(text(`${result.cluster}: ${proofResultInWords(result)}`))),
    ...(cut === null ? [] : [rank(0, `The proof ended early: ${text(cut.says)} Run the command again.`)]),
    rank(1, text(comparedInWords(result))),
    ...differences.map(({ where, says }, index) => rank(2 + index, `• ${text(`${where}: ${says}`)}`)),
    ...more(moreDifferences, 'difference'),
    ...unread.map(({ where, says }, index) =>
      rank(2 + MOST_FINDINGS + index, `• Unknown: ${text(`${where}: ${says}`)}`),
    ),
    ...more(moreUnread, 'unknown part'),
    ...nextLines(result, markup),
    ...(drills === undefined ? [] : [rank(1, drillInWords(drills, result, markup))]),
    rank(1, journalInWords(journal)),
  ];
  return fitByRank(lines, markup.room).join('\n');
}

const rank = (of: number, text: string): RankedLine => ({ rank: of, text });

/** What was compared, and no more. */
function comparedInWords({ registries, deep, cut, differences, unread }: ProofResult): string {
  const all = firstFew(registries.map(({ node }) => node));
  if (registries.length === 0) return 'No registry was compared.';
  if (cut !== null || unread.length > 0) return `Asked for: ${all}${deep ? ', with every layer' : ''}.`;
  const copies = registries.filter(({ isBootstrap }) => !isBootstrap).map(({ node }) => node);
  const manifests =
    copies.length === 0
      ? 'The bootstrap node’s registry was asked for every image. No other registry was compared with it.'
      : `Every image of ${firstFew(copies)} was compared with the bootstrap node’s, by the bytes of its manifest.`;
  if (!deep) return `${manifests} Layers were not read; --deep reads them.`;
  const except = differences.length === 0 ? '' : ' Layers of an image with another manifest were not read.';
  return `${manifests} The layers of ${all} were read again and hashed.${except}`;
}

/** What a real drill would do now. */
function drillInWords(node: string, result: ProofResult, { text, code }: Markup): string {
  const has = result.registries.some((one) => !one.isBootstrap && one.node === node);
  if (!has && result.registries.length > 0)
    return `Nothing was changed. ${text(node)} has no registry, so it cannot be drilled. To give it one: ${code(`/registry-ha add ${node}`)}`;
  if (proofVerdict(result) !== 'proven')
    return 'Nothing was changed. A real drill would be refused, or prove nothing, until this is fixed.';
  const long = `about ${secondsInWords(ABOUT_SECONDS)}, at most ${secondsInWords(MOST_SECONDS)}`;
  return `Nothing was changed. A real drill takes the bootstrap node’s registry away for ${long}, pulls an image through the registry of ${text(node)}, and puts it back: ${code(`/registry-ha drill ${node}`)}`;
}

function nextLines(result: ProofResult, { code }: Markup): readonly RankedLine[] {
  if (proofVerdict(result) !== 'different') return [];
  const status = `${code('/registry-ha status')} shows what a registry lacks, and the command that completes it.`;
  return [rank(1, `${status} Wrong bytes mean a damaged ISO or disk on that node.`)];
}

function journalInWords(journal: Proved['journal']): string {
  if (journal === 'none') return 'The result is not in the worker’s journal: only a proof of the worker is.';
  if (journal === null) return 'The result could not be written to the worker’s journal.';
  return `(Journal line ${journal.line}, ${shortDigest(journal.hash)}…)`;
}
