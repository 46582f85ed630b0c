/** An HTTP answer, before HEAD and Range are applied. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How the body is sent; default: whole and at once. */
  readonly delivery?: Delivery;
}

/** `cut`: the connection closes after half of the body. `reset`: it is reset there. `stalled`: nothing more comes. */
export type Delivery =
  | { readonly is: 'cut' | 'reset' | 'stalled' }
  | { readonly is: 'slow'; readonly bytesPerSecond: number };

const SERVER = 'nginx/1.27.0';

/** nginx's own error page: ngx_http_special_response.c. */
export function errorPage(status: number, words: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const head = `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n`;
  const page = `${head}<center><h1>${status} ${words}</h1></center>\r\n<hr><center>${SERVER}</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(page) };
}

export function textAnswer(
  status: number,
  type: string,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(text) };
}

/** The include's answer for a known image whose manifest is missing on disk. */
export function tagInvalid(): Answer {
  const errors = [{ code: 'TAG_INVALID', message: 'manifest tag did not match URI', detail: '' }];
  return textAnswer(404, 'application/json', JSON.stringify({ errors }));
}

/** A static file with nginx's headers; ETag is mtime and size in hexadecimal: ngx_http_set_etag(). */
export function fileAnswer(
  body: Buffer,
  modified: Date,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const seconds = Math.floor(modified.getTime() / 1000);
  return {
    status: 200,
    headers: {
      'content-type': type,
      'last-modified': modified.toUTCString(),
      etag: `"${seconds.toString(16)}-${body.length.toString(16)}"`,
      'accept-ranges': 'bytes',
      ...headers,
    },
    body,
  };
}

/** Reduces a 200 answer to the requested range; several ranges get the whole file. */
export function ranged(answer: Answer, range: string | undefined): Answer {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(range ?? '');
  if (answer.status !== 200 || answer.headers['accept-ranges'] === undefined || asked === null) return answer;
  const [, from = '', to = ''] = asked;
  const size = answer.body.length;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end) return errorPage(416, 'Requested Range Not Satisfiable', { 'content-range': `bytes */${size}` });
  const headers = { ...answer.headers, 'content-range': `bytes ${start}-${end}/${size}` };
  return { status: 206, headers, body: answer.body.subarray(start, end + 1) };
}
