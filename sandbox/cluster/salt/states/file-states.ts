import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Chunk, failed, type Outcome, ok, SourceMissing, type StateContext } from './chunk.ts';

interface FileSpec {
  readonly sls: string;
  readonly id: string;
  readonly path: string;
  readonly requires?: readonly string[];
}

/** `file.managed`; the content may be generated when the state runs. */
export function fileManaged(context: StateContext, spec: FileSpec, content: () => Promise<string>): Chunk {
  const test = {
    fresh: `The file ${spec.path} is set to be changed`,
    same: `The file ${spec.path} is in the correct state`,
  };
  return fileChunk(spec, 'file.managed', async () => {
    try {
      return await writeOutcome(context, spec.path, content, test);
    } catch (error) {
      if (error instanceof SourceMissing) return failed(error.message);
      throw error;
    }
  });
}

/** `file.serialize`, which has other texts in test mode. */
export function fileSerialize(context: StateContext, spec: FileSpec, content: () => Promise<string>): Chunk {
  const test = {
    fresh: `Dataset will be serialized and stored into ${spec.path}`,
    same: `The file ${spec.path} is in the correct state`,
  };
  return fileChunk(spec, 'file.serialize', () => writeOutcome(context, spec.path, content, test));
}

/** `file.directory`. */
export function fileDirectory(context: StateContext, spec: FileSpec): Chunk {
  return fileChunk(spec, 'file.directory', async () => {
    if ((await context.acts.exists(context.node, spec.path)) === 'directory') {
      return ok(`The directory ${spec.path} is in the correct state`);
    }
    if (context.test) {
      const comment = `The following files will be changed:\n${spec.path}: directory - new\n`;
      return { result: null, comment, changes: { [spec.path]: { directory: 'new' } } };
    }
    await mkdir(join(context.node.root, spec.path), { recursive: true });
    return ok(`Directory ${spec.path} updated`, { [spec.path]: 'New Dir' });
  });
}

/** `file.absent`. */
export function fileAbsent({ acts, node, test }: StateContext, spec: FileSpec): Chunk {
  const { path } = spec;
  return fileChunk(spec, 'file.absent', async () => {
    if ((await acts.exists(node, path)) === null) return ok(`File ${path} is not present`);
    if (test) return { result: null, comment: `File ${path} is set for removal`, changes: { removed: path } };
    await rm(join(node.root, path), { recursive: true });
    return ok(`Removed file ${path}`, { removed: path });
  });
}

/** `file.exists`. */
export function fileExists(context: StateContext, spec: FileSpec): Chunk {
  return fileChunk(spec, 'file.exists', async () =>
    (await context.acts.exists(context.node, spec.path)) === null
      ? failed(`Specified path ${spec.path} does not exist`)
      : ok(`Path ${spec.path} exists`),
  );
}

function fileChunk(spec: FileSpec, fun: Chunk['fun'], run: () => Promise<Outcome>): Chunk {
  return { sls: spec.sls, id: spec.id, name: spec.path, fun, requires: spec.requires ?? [], run };
}

async function writeOutcome(
  context: StateContext,
  path: string,
  content: () => Promise<string>,
  test: { readonly fresh: string; readonly same: string },
): Promise<Outcome> {
  const wanted = await content();
  const isThere = (await context.acts.exists(context.node, path)) === 'file';
  const current = isThere ? await context.acts.readFile(context.node, path) : null;
  if (current === wanted) return ok(context.test ? test.same : `File ${path} is in the correct state`);
  const changes = current === null ? { diff: 'New file', mode: '0644' } : { diff: unifiedDiff(current, wanted) };
  if (context.test)
    return { result: null, comment: test.fresh, changes: current === null ? { newfile: path } : changes };
  await context.acts.writeFile(context.node, path, wanted);
  return ok(`File ${path} updated`, changes);
}

/** A whole-file diff: enough for people to see the change. */
function unifiedDiff(before: string, after: string): string {
  const removed = before.split('\n').map((line) => `-${line}\n`);
  const added = after.split('\n').map((line) => `+${line}\n`);
  return `--- \n+++ \n@@ -1,${removed.length} +1,${added.length} @@\n${removed.join('')}${added.join('')}`;
}
