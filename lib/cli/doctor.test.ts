import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(path.join(os.tmpdir(), 'doctor-'));
afterAll(() => rm(folder, { recursive: true }));

/** Runs `sealwatch doctor` on authorities, with no cluster and no registry to look at. */
async function doctor(authorities: string): Promise<{ code: number; lines: readonly string[] }> {
  const file = path.join(folder, 'sealwatch.yaml');
  writeFileSync(
    file,
    `trustRoots: [{ name: public-good, seed: true }]\nauthorities:\n${authorities}`,
  );
  const env = { ...process.env, SEALWATCH_DATA_DIR: folder, DOCKER_CONFIG: folder };
  const parameters = ['lib/cli/main.ts', 'doctor', '--config', file];
  const lines = (text: string) => text.trim().split('\n');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, parameters, { env });
    return { code: 0, lines: lines(stdout) };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, lines: lines(stdout) };
  }
}

describe('sealwatch doctor', () => {
  it('takes low weaknesses as notes, and says what a preset does not confirm', async () => {
    const { code, lines } = await doctor('  - preset: kubernetes-releases\n');
    const note = lines.find((line) => line.includes('kubernetes-releases'));
    expect(note).toMatch(/^! authority kubernetes-releases: info: Preset rests on something/);
    expect(code).toBe(0);
  });

  it('names weaknesses to mend with place and remedy, the gravest first', async () => {
    const { code, lines } = await doctor(`
  - name: loose
    images: ['**']
    keyless:
      identities: [{ issuerPattern: 'https://.+', subject: 'https://ci.example/app' }]
`);
    const found = lines.filter((line) => line.startsWith('✘'));
    expect(found).toEqual([
      expect.stringMatching(/loose: critical: .* \(keyless\.identities\[0\]\.issuerPattern: .* → /),
      expect.stringMatching(/loose: medium: Speaks about every image \(images\[0\]: .* → /),
    ]);
    expect(code).toBe(1);
  });

  it('N49: refuses a rule that believes everyone, naming it', async () => {
    const { code, lines } = await doctor(`
  - name: all
    images: ['ghcr.io/acme/**']
    keyless:
      identities: [{ issuer: 'https://i.example', subjectPattern: '.*' }]
`);
    expect(lines.join('\n')).toMatch(
      /✘ configuration: .*authority "all": identities\[0\]\.subject: the pattern \.\* matches/,
    );
    expect(code).toBe(1);
  });
});
