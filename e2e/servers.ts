import path from 'node:path';

const first = Number(process.env['SEALWATCH_E2E_PORT'] ?? 3117);

/** Ports of the servers: the lab, pods with hostile strings, and a configuration that names nothing. */
export const ports = { lab: first, hostile: first + 1, empty: first + 2 } as const;
export type Fleet = keyof typeof ports;

export const isFleet = (name: string): name is Fleet => Object.hasOwn(ports, name);
export const urlOf = (fleet: Fleet): string => `http://127.0.0.1:${ports[fleet]}`;

/** Where the server of the lab leaves the URL of its control server. */
export const labFile = path.resolve(import.meta.dirname, '../test-results/lab.json');
