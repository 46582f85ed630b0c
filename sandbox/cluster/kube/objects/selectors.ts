/** Whether labels or fields match a selector such as `a=b,c!=d,e`. An empty selector matches everything. */
export function matchesSelector(selector: string | null, labels: Readonly<Record<string, string>>): boolean {
  const terms = (selector ?? '').split(',').filter((term) => term !== '');
  return terms.every((term) => matchesTerm(term, labels));
}

function matchesTerm(term: string, labels: Readonly<Record<string, string>>): boolean {
  const hit = /^\s*([^=!\s]+)\s*(==?|!=)\s*(.*?)\s*$/.exec(term);
  if (hit === null) return term.startsWith('!') ? !(term.slice(1) in labels) : term.trim() in labels;
  const [, key = '', operator, value] = hit;
  return operator === '!=' ? labels[key] !== value : labels[key] === value;
}
