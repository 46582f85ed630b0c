/** The file that receives an archive until its digest is verified. Named by content, so that a later change can resume it. */
export const partOf = ({ path, sha256 }: { readonly path: string; readonly sha256: string }): string =>
  `${path}.part-${sha256.slice(0, 16)}`;

/** Ends in a digest, or in the ID of a change, as the first versions named it. */
const NAME = /\.part-(?:[0-9a-f]{16}|[a-z0-9][a-z0-9-]*-[a-z0-9]{6})$/;

/** True for the name of a part file of any archive. */
export const isPartName = (name: string): boolean => NAME.test(name);
