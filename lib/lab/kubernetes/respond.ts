import type { ServerResponse } from 'node:http';

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** The API's own form of a failure (meta/v1 Status). */
export const statusObject = (code: number, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason: reasons[code] ?? 'Unknown',
  code,
});

/** Answers with one JSON object. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

/** Answers with a failure. */
export const sendStatus = (
  response: ServerResponse,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void => sendJson(response, code, statusObject(code, message), headers);

/** Characters that are written at once: many small writes cost more than the text itself. */
const writeSize = 64 * 1024;

/** Writes pieces as fast as the other side reads them. */
export async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<string>,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < writeSize) continue;
    const ready = response.write(text);
    text = '';
    if (!ready) await drained(response);
    if (response.destroyed) return;
  }
  response.end(text);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.once('drain', done).once('close', done);
  });
}
