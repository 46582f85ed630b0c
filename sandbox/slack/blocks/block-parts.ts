import { type Fields, isFields, objectsIn } from '../json.ts';

/** The fields of a block that may hold interactive elements. */
const HOLDERS = ['elements', 'accessory', 'element', 'actions'] as const;

/** The interactive elements of an actions, section, input or card block. */
export function elementsOf(block: Fields): readonly Fields[] {
  if (!['actions', 'section', 'input', 'card'].includes(String(block.type))) return [];
  return HOLDERS.flatMap((holder) => {
    const held = block[holder];
    return isFields(held) ? [held] : objectsIn(held);
  });
}

/** Gives each block and interactive element an ID, as Slack does for those sent without one. */
export function withIds(blocks: readonly unknown[], newId: () => string): readonly Fields[] {
  return objectsIn(blocks).map((block) => {
    const named = { ...block, block_id: block.block_id ?? newId() };
    if (elementsOf(block).length === 0) return named;
    const held = HOLDERS.filter((holder) => block[holder] !== undefined);
    return { ...named, ...Object.fromEntries(held.map((holder) => [holder, withActionId(block[holder], newId)])) };
  });
}

function withActionId(held: unknown, newId: () => string): unknown {
  if (Array.isArray(held)) return held.map((element) => withActionId(element, newId));
  if (!isFields(held) || held.type === 'image') return held;
  return { ...held, action_id: held.action_id ?? newId() };
}
