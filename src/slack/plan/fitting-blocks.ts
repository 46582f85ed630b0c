import { type Block, shortened } from '../text/blocks.ts';
import { fitsMessage } from '../text/fit.ts';
import { DETAILS, type Detail } from './detail.ts';

/** Characters of each text for which even the least detail is too large, from the most to the least. */
const CUTS = [1000, 400, 150, 60];

/** The blocks with the most detail that fits. If none fits, the least detail without lists, in shorter and shorter texts. */
export function fittingBlocks(draw: (detail: Detail) => readonly Block[], limit: number): readonly Block[] {
  let blocks: readonly Block[] = [];
  for (const detail of DETAILS) {
    blocks = draw(detail);
    if (fitsMessage(blocks, limit)) return blocks;
  }
  return shortenedToFit(blocks, limit);
}

/** The blocks as they are, or in shorter and shorter texts. */
export function shortenedToFit(blocks: readonly Block[], limit: number): readonly Block[] {
  let short = blocks;
  for (const most of CUTS) {
    if (fitsMessage(short, limit)) break;
    short = short.flatMap((block) => shortened(block, most));
  }
  return short;
}
