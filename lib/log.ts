import pino from 'pino';

/** Keys whose values never reach a log, at any of the depths we write. */
const secretKeys = [
  'password',
  'token',
  'authorization',
  'auth',
  'secret',
  'identitytoken',
  'cookie',
];

/** The one logger: JSON lines on standard error, secrets redacted. */
export const log = pino(
  {
    name: 'sealwatch',
    // biome-ignore lint/style/noProcessEnv: the logger exists before the configuration is read
    level: process.env['SEALWATCH_LOG_LEVEL'] ?? 'info',
    base: null,
    redact: {
      paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
      censor: '[redacted]',
    },
  },
  pino.destination(2),
);

export type Log = pino.Logger;
