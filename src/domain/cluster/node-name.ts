/** Longest name of a Kubernetes object: RFC 1123 subdomain, kubernetes.io "Object Names and IDs". */
export const NODE_NAME_LIMIT = 253;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Could a node have this name? Kubernetes names nodes by lower-case RFC 1123 subdomains. */
export function isNodeName(word: string): boolean {
  return word.length <= NODE_NAME_LIMIT && SUBDOMAIN.test(word);
}

/** Slack writes people, groups and everybody in a channel as `@name`, and channels as `#name`. */
export const isMention = (word: string): boolean => /^[@#]/.test(word);

/** The nearest name that a node could have, when small mistakes make the difference; null when there is none. */
export function meantNodeName(word: string): string | null {
  // Nobody means a node by somebody's name or by so many letters, and looking for one in those would take long.
  if (isMention(word) || word.length > NODE_NAME_LIMIT) return null;
  const likely = word
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return isNodeName(likely) && likely !== word ? likely : null;
}
