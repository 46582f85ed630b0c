/** A row of a list, redrawn only when its signature changes. */
export interface Row {
  readonly key: string;
  readonly signature: string;
  readonly draw: () => HTMLElement;
}

const signatures = new WeakMap<Element, string>();

/** Makes the list show exactly these rows and touches only changed ones, so scroll position, focus and open parts are kept. */
export function syncRows(list: HTMLElement, rows: readonly Row[]): void {
  const wanted = new Set(rows.map(({ key }) => key));
  const present = new Map<string, HTMLElement>();
  for (const child of [...list.children]) {
    const key = child instanceof HTMLElement ? child.dataset.key : undefined;
    if (child instanceof HTMLElement && key !== undefined && wanted.has(key)) present.set(key, child);
    else child.remove();
  }
  let place = list.firstElementChild;
  for (const row of rows) {
    const node = upToDate(present.get(row.key), row);
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}

function upToDate(present: HTMLElement | undefined, row: Row): HTMLElement {
  if (present !== undefined && signatures.get(present) === row.signature) return present;
  const fresh = row.draw();
  fresh.dataset.key = row.key;
  if (present !== undefined) patch(present, fresh);
  const kept = present ?? fresh;
  signatures.set(kept, row.signature);
  return kept;
}

/** Changes an element to match another, and keeps every node that is already equal. */
export function patch(old: Element, fresh: Element): void {
  patchAttributes(old, fresh);
  const kept = [...old.childNodes];
  const wanted = [...fresh.childNodes];
  for (const [index, node] of wanted.entries()) {
    const present = kept[index];
    if (present === undefined) old.append(node);
    else patchNode(present, node);
  }
  for (const surplus of kept.slice(wanted.length)) surplus.remove();
}

function patchNode(present: ChildNode, wanted: ChildNode): void {
  if (present instanceof Element && wanted instanceof Element && areAlike(present, wanted)) patch(present, wanted);
  else if (present instanceof Text && wanted instanceof Text) patchText(present, wanted);
  else present.replaceWith(wanted);
}

function areAlike(present: Element, wanted: Element): boolean {
  return present.tagName === wanted.tagName && present.getAttribute('data-key') === wanted.getAttribute('data-key');
}

function patchText(present: Text, wanted: Text): void {
  if (present.data !== wanted.data) present.data = wanted.data;
}

function patchAttributes(old: Element, fresh: Element): void {
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) {
    const value = fresh.getAttribute(name) ?? '';
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
