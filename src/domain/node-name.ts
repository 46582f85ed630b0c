/** Longest name of a Kubernetes object: RFC 1123 subdomain, kubernetes.io "Object Names and IDs". */
const NAME_LIMIT = 253;
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Could a node have this name? Kubernetes names nodes by lower-case RFC 1123 subdomains. */
export function isNodeName(word: string): boolean {
  return word.length <= NAME_LIMIT && SUBDOMAIN.test(word);
}

/** The nearest name that a node could have, when small mistakes make the difference; null when there is none. */
export function meantNodeName(word: string): string | null {
  // Nobody means a name by so many letters, and looking for one would take long.
  if (word.length > 2 * NAME_LIMIT) return null;
  const likely = word
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-')
    .replaceAll(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return isNodeName(likely) && likely !== word ? likely : null;
}
