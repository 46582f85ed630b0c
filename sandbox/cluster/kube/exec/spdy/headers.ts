import { once } from 'node:events';
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from 'node:zlib';

/** Words of SPDY/3's zlib dictionary that have their length before them (draft-mbelshe-httpbis-spdy-00, 2.6.10.1). */
const WORDS =
  `options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age
allow authorization cache-control connection content-base content-encoding content-language content-length content-location
content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match if-range
if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range referer
retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get status
200_OK version HTTP/1.1 url public set-cookie keep-alive origin`
    .split(/\s+/)
    .map((word) => word.replace('_', ' '));

/** The rest of the dictionary, as one text. */
const TAIL = [
  '100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505',
  '203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden',
  '404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable',
  'Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT',
  'chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,',
  'publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.',
].join('');

const DICTIONARY = Buffer.concat([...WORDS.map((word) => withLength(word)), Buffer.from(TAIL)]);

/** The compressed headers of one connection. Both directions are one zlib stream each, so blocks are handled in their order. */
export class HeaderBlocks {
  readonly #inflate = createInflate({ dictionary: DICTIONARY });
  readonly #deflate = createDeflate({ dictionary: DICTIONARY });

  /** The headers of a block, names in lower case. */
  async unpack(block: Buffer): Promise<ReadonlyMap<string, string>> {
    const plain = await through(this.#inflate, block);
    const headers = new Map<string, string>();
    let at = 4;
    const text = (): string => {
      const from = at + 4;
      at = from + plain.readUInt32BE(at);
      return plain.toString('utf8', from, at);
    };
    for (let left = plain.readUInt32BE(0); left > 0; left -= 1) headers.set(text().toLowerCase(), text());
    return headers;
  }

  /** The block of these headers. */
  async pack(headers: ReadonlyMap<string, string>): Promise<Buffer> {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(headers.size);
    return await through(this.#deflate, Buffer.concat([count, ...[...headers].flat().map(withLength)]));
  }

  close(): void {
    this.#inflate.close();
    this.#deflate.close();
  }
}

function withLength(word: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(word));
  return Buffer.concat([length, Buffer.from(word)]);
}

/** What comes out of a zlib stream for these bytes, up to its flush. Throws if they do not fit. */
async function through(stream: Inflate | Deflate, bytes: Buffer): Promise<Buffer> {
  const parts: Buffer[] = [];
  const hear = (part: Buffer) => parts.push(part);
  stream.on('data', hear);
  const failed = once(stream, 'error').then(([error]) => Promise.reject(error));
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        stream.write(bytes);
        stream.flush(constants.Z_SYNC_FLUSH, resolve);
      }),
      failed,
    ]);
  } finally {
    stream.off('data', hear);
    failed.catch(() => undefined);
  }
  return Buffer.concat(parts);
}
