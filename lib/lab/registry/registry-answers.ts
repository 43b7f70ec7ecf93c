import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { RegistryFault } from './registry-faults.ts';

/** Answers in the place of the registry; false when the fault shows only in what is served. */
export function misbehave(
  fault: RegistryFault,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const status = statuses[fault.kind];
  if (status !== undefined) {
    if (fault.kind === 'unauthorized') response.setHeader('www-authenticate', 'Basic realm="lab"');
    if (fault.kind === 'rate-limited') response.setHeader('retry-after', fault.retryAfter);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'a fault of the lab' }] }));
    return true;
  }
  const isReferrers = request.url?.includes('/referrers/') ?? false;
  switch (fault.kind) {
    case 'reset':
      request.socket.destroy();
      return true;
    case 'silent':
      return true;
    case 'redirect':
      response.writeHead(307, { location: fault.to }).end();
      return true;
    case 'redirect-referrers':
      if (isReferrers) response.writeHead(303, { location: fault.to }).end();
      return isReferrers;
    case 'html-referrers':
      if (isReferrers)
        response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
      return isReferrers;
    case 'realm':
      response.setHeader('www-authenticate', `Bearer realm="${fault.url}",service="lab"`);
      response.writeHead(401).end();
      return true;
    default:
      return false;
  }
}

const statuses: Readonly<Partial<Record<RegistryFault['kind'], number>>> = {
  unauthorized: 401,
  forbidden: 403,
  hidden: 404,
  'rate-limited': 429,
  broken: 500,
};

/** The bytes as this fault serves them. */
export const misserve = (fault: RegistryFault | undefined, bytes: Uint8Array): Uint8Array =>
  fault?.kind === 'wrong-digest' ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;

const mebibyte = 1024 * 1024;

/** A gibibyte of zeros in a mebibyte: gzip members may follow one another (RFC 1952, 2.2). */
const gzipBomb = Buffer.concat(Array(1024).fill(gzipSync(Buffer.alloc(mebibyte))));

/** Sends a body at the pace and in the coding that the fault demands. */
export function sendBody(
  response: ServerResponse,
  bytes: Uint8Array,
  head: boolean,
  fault: RegistryFault | undefined,
): void {
  if (head) {
    response.setHeader('content-length', bytes.length).writeHead(200).end();
    return;
  }
  if (fault?.kind === 'gzip-bomb') {
    response.setHeader('content-encoding', 'gzip');
    response.writeHead(200).end(gzipBomb);
    return;
  }
  if (fault?.kind === 'endless-body') {
    sendEndlessly(response);
    return;
  }
  response.setHeader('content-length', bytes.length).writeHead(200);
  if (fault?.kind === 'slow-body') sendSlowly(response, bytes, fault.everyMs);
  else response.end(bytes);
}

function sendEndlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(mebibyte / 4, ' ');
  response.writeHead(200);
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
}

function sendSlowly(response: ServerResponse, bytes: Uint8Array, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at >= bytes.length) {
      clearInterval(timer);
      response.end();
      return;
    }
    response.write(bytes.subarray(at, at + 1));
    at += 1;
  }, everyMs);
  response.on('close', () => clearInterval(timer));
}
