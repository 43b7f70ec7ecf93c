import path from 'node:path';

const first = Number(process.env['SEALWATCH_E2E_PORT'] ?? 3117);

/**
 * Ports of the servers: the lab; a small lab of which a cluster breaks down after the first scan,
 * beside pods with hostile strings and long names; and a configuration that names nothing.
 */
export const ports = { lab: first, troubled: first + 1, empty: first + 2 } as const;
export type Fleet = keyof typeof ports;

export const isFleet = (name: string): name is Fleet => Object.hasOwn(ports, name);
export const urlOf = (fleet: Fleet): string => `http://127.0.0.1:${ports[fleet]}`;

/** Where a server leaves the URL of its lab's control server. */
export const controlFile = (fleet: Fleet): string =>
  path.resolve(import.meta.dirname, `../test-results/control-${fleet}.url`);
