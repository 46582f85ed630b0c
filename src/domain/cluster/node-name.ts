/** Longest name of a Kubernetes object: RFC 1123 subdomain, kubernetes.io "Object Names and IDs". */
export const NODE_NAME_LIMIT = 253;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** True for a lower-case RFC 1123 subdomain, as Kubernetes requires for node names. */
export function isNodeName(word: string): boolean {
  return word.length <= NODE_NAME_LIMIT && SUBDOMAIN.test(word);
}

/** Slack writes people and groups as `@name`, and channels as `#name`. */
export const isMention = (word: string): boolean => /^[@#]/.test(word);

/** Marks beside a name: quotes, brackets, the end of a sentence. What is cut from a pattern or from foreign letters is no name. */
const AROUND = /^[\s"'`“”‘’„«»()[\]{}<>.,;:!_-]+|[\s"'`“”‘’„«»()[\]{}<>.,;:!_-]+$/g;

/** True for a pattern, which names no node. */
export const isPattern = (word: string): boolean => /[*?]|[^[{][[{]/.test(word);

/** The word corrected to a valid node name, if small mistakes are the only problem; else null. */
export function meantNodeName(word: string): string | null {
  // A mention, a pattern or a very long word is no misspelt node name, and a long one would be slow to correct.
  if (isMention(word) || isPattern(word) || word.length > NODE_NAME_LIMIT) return null;
  const likely = word
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(AROUND, '');
  return isNodeName(likely) && likely !== word ? likely : null;
}
