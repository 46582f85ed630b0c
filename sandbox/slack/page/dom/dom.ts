const SVG = 'http://www.w3.org/2000/svg';

/** Attributes by name; `true` is an empty attribute, `false` and `undefined` are none. */
export type Attributes = Readonly<Record<string, string | boolean | undefined>>;

/** The content of an element. Strings become text nodes and are never parsed as HTML. */
export type Child = Node | string | undefined;

/** Builds an HTML element. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return furnish(document.createElement(tag), attributes, children);
}

/** Builds a 20 × 20 SVG drawing from paths. */
export function drawing(attributes: Attributes, paths: readonly Attributes[]): SVGElement {
  const strokes = paths.map((path) => furnish(document.createElementNS(SVG, 'path'), path, []));
  return furnish(document.createElementNS(SVG, 'svg'), { viewBox: '0 0 20 20', ...attributes }, strokes);
}

/** Several nodes as one child. */
export function fragment(children: readonly Child[]): DocumentFragment {
  const made = document.createDocumentFragment();
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** The element with this ID and class; throws if index.html lacks it. */
export function required<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

function furnish<T extends Element>(made: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (typeof value === 'string') made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}
