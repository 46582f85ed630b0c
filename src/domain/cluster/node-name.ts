/** Longest name of a Kubernetes object: RFC 1123 subdomain, kubernetes.io "Object Names and IDs". */
export const NODE_NAME_LIMIT = 253;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** True for a lower-case RFC 1123 subdomain, as Kubernetes requires for node names. */
export function isNodeName(word: string): boolean {
  return word.length <= NODE_NAME_LIMIT && SUBDOMAIN.test(word);
}

/** Slack writes people and groups as `@name`, and channels as `#name`. */
export const isMention = (word: string): boolean => /^[@#]/.test(word);

/** The word corrected to a valid node name, if small mistakes are the only problem; else null. */
export function meantNodeName(word: string): string | null {
  // A mention or a very long word is no misspelt node name, and a long one would be slow to correct.
  if (isMention(word) || word.length > NODE_NAME_LIMIT) return null;
  const likely = word
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return isNodeName(likely) && likely !== word ? likely : null;
}
