/** A piece of running text from any of Slack's three notations. */
export type Inline =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'styled'; readonly style: TextStyle; readonly of: readonly Inline[] }
  | { readonly is: 'code'; readonly text: string }
  | { readonly is: 'link'; readonly url: string; readonly of: readonly Inline[] }
  | { readonly is: 'person'; readonly id: string; readonly label: string | undefined }
  | { readonly is: 'channel'; readonly id: string; readonly label: string | undefined }
  | { readonly is: 'broadcast'; readonly source: string }
  | { readonly is: 'emoji'; readonly name: string }
  | { readonly is: 'unknown'; readonly type: string }
  | { readonly is: 'break' };

export type TextStyle = 'bold' | 'italic' | 'strike' | 'underline';

/** A paragraph-like part of a text. */
export type Paragraph =
  | { readonly is: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly is: 'heading'; readonly of: readonly Inline[] }
  | { readonly is: 'quote'; readonly of: readonly Paragraph[] }
  | { readonly is: 'preformatted'; readonly text: string }
  | {
      readonly is: 'list';
      readonly ordered: boolean;
      readonly indent: number;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly is: 'rule' }
  | { readonly is: 'unknown-part'; readonly type: string };
