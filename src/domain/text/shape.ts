import type { z } from 'zod';

/** What a schema reads, as the code has it: nothing of it can be written to. */
export type Data<S extends z.ZodType> = Unwritable<z.output<S>>;

type Unwritable<T> = { readonly [K in keyof T]: Unwritable<T[K]> };

/**
 * The schema of a type that is written beside it. It compiles only while both know the same members, the same of them as optional,
 * and the same values of each closed list; the compiler's message names those that only one of them knows.
 */
export const schemaOf =
  <T>() =>
  <S extends z.ZodType<T>>(schema: S & NoDrift<Drift<T, z.output<S>>>): z.ZodType<T> =>
    schema;

type NoDrift<D extends string> = [D] extends [never]
  ? unknown
  : { readonly drift: `only the type or only the schema knows ${D}` };

/** What one of two types knows and the other does not, for example `requested.card?.ts=string`. */
export type Drift<T, U> = Exclude<Members<T>, Members<U>> | Exclude<Members<U>, Members<T>>;

/** Every member at any depth as text: of which shape, its name, `?` where it may be left out, and its values. */
type Members<T> = T extends string | number | boolean | null
  ? `=${T}`
  : T extends readonly (infer E)[]
    ? `[]${Members<E>}`
    : T extends object
      ? { [K in keyof T & string]-?: `${Tag<T>}${K}${Optional<T, K>}${Members<T[K]>}` }[keyof T & string]
      : never;

type Optional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? '?' : '';

/** Tells the shapes of a union apart, by the member that each union of ours has for it. */
type Tag<T> = T extends { readonly type: infer N }
  ? Named<N>
  : T extends { readonly kind: infer N }
    ? Named<N>
    : T extends { readonly verb: infer N }
      ? Named<N>
      : T extends { readonly v: infer N }
        ? Named<N>
        : '.';

/** A tag is one of a closed list; a `kind` that is any text is a member like another. */
type Named<N> = string extends N ? '.' : N extends string | number ? `.${N}.` : '.';
