/** An uploaded file, as a message shows it. */
export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Bytes. */
  readonly size: number;
}

interface Upload {
  readonly name: string;
  readonly length: number;
  readonly content: Buffer | null;
  readonly isShared: boolean;
}

/** The files of the workspace, from the announcement of an upload to the message that shows it. */
export class Files {
  readonly #uploads = new Map<string, Upload>();

  announce(id: string, name: string, length: number): void {
    this.#uploads.set(id, { name, length, content: null, isShared: false });
  }

  /** False for an unknown or used address, or for a content of another length than announced. */
  receive(id: string, content: Buffer): boolean {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.content !== null || content.length !== upload.length) return false;
    this.#uploads.set(id, { ...upload, content });
    return true;
  }

  /** Whether the file was received, and not shared yet. */
  waits(id: string): boolean {
    const upload = this.#uploads.get(id);
    return upload !== undefined && upload.content !== null && !upload.isShared;
  }

  share(id: string, title: string | undefined): SharedFile {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new Error(`No upload ${id} to share`);
    this.#uploads.set(id, { ...upload, isShared: true });
    return { id, name: upload.name, title: title ?? upload.name, size: upload.length };
  }

  /** The text of a shared file. */
  text(id: string): string | undefined {
    const upload = this.#uploads.get(id);
    return upload?.isShared === true ? upload.content?.toString('utf8') : undefined;
  }
}
