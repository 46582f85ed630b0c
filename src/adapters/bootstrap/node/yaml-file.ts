import { FAILSAFE_SCHEMA, load, YAML11_SCHEMA, YAMLException } from 'js-yaml';
import { codeOf } from '../../../domain/text/error-code.ts';
import { EXPANDED_LIMIT, isExpandedTooLarge } from '../../../domain/text/expanded-size.ts';
import { bytesAt, NotAFile, withFile } from './open-file.ts';
import { systemWords } from './paths.ts';

/** Configuration files have a few kB. */
const SIZE_LIMIT = 2 ** 20;

/** The result of reading a YAML file. */
export type YamlFile =
  | { readonly is: 'absent' }
  | { readonly is: 'unreadable'; readonly says: string }
  | { readonly is: 'read'; readonly content: unknown };

/** Reads a YAML file at `path`; messages call it `name`. */
export async function readYaml(path: string, name: string): Promise<YamlFile> {
  try {
    const text = await withFile(path, async (file) => {
      if (file.size > SIZE_LIMIT) return null;
      return (await bytesAt(file, 0, file.size))?.toString('utf8') ?? null;
    });
    if (text === null) return unreadable(`${name} is larger than ${SIZE_LIMIT} bytes, the limit for a configuration.`);
    return parseYaml(text, name);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { is: 'absent' };
    if (error instanceof NotAFile) return unreadable(`${name} is not a regular file.`);
    return unreadable(`${name} cannot be read: ${systemWords(error)}.`);
  }
}

/** Parses YAML 1.1, because Salt uses PyYAML. */
export function parseYaml(text: string, name: string): YamlFile {
  try {
    const content = load(text, { schema: YAML11_SCHEMA });
    if (isExpandedTooLarge(content))
      return unreadable(`${name} has more than ${EXPANDED_LIMIT} characters with its aliases (*name) written out.`);
    return { is: 'read', content };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    if (hasKeysTwice(text)) {
      const at = error.mark === undefined ? '' : `, line ${error.mark.line + 1}`;
      return unreadable(`${name}${at}: a key is there twice. Salt would use the last one only, and ignore the other.`);
    }
    const line = error.mark === undefined ? '' : `, line ${error.mark.line + 1}`;
    return unreadable(`${name} is not valid YAML${line}: ${error.reason}.`);
  }
}

/** True if the only mistake is a repeated key, which PyYAML accepts. */
function hasKeysTwice(text: string): boolean {
  try {
    load(text, { schema: YAML11_SCHEMA, json: true });
    return true;
  } catch (error) {
    if (error instanceof YAMLException) return false;
    throw error;
  }
}

/** The scalars of a YAML file as they are written; undefined if it is not valid. */
export function yamlTexts(text: string): unknown {
  try {
    return load(text, { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    if (error instanceof YAMLException) return undefined;
    throw error;
  }
}

const unreadable = (says: string): YamlFile => ({ is: 'unreadable', says });
