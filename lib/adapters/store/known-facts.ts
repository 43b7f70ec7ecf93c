import { sql } from 'kysely';
import type { ScanStore } from '#lib/ports/scan-store.ts';
import type { Fact } from '#lib/ports/verifier.ts';
import type { Runner } from './database.ts';

interface Asked {
  readonly subject: Fact['subject'];
  readonly evidence: readonly string[];
  readonly resolve: (facts: readonly Fact[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Outcomes already known for a subject and some evidence. A scan asks for one subject after the other
 * and the database answers one question at a time: what is asked while it answers is asked together.
 */
export function createKnownFacts(db: Runner): ScanStore['knownFacts'] {
  let waiting: Asked[] = [];
  let asking = false;

  async function ask(): Promise<void> {
    asking = true;
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      try {
        const facts = await readFacts(db, [...new Set(asked.map(({ subject }) => subject))]);
        for (const { subject, evidence, resolve } of asked)
          resolve((facts.get(subject) ?? []).filter((fact) => evidence.includes(fact.evidence)));
      } catch (error) {
        for (const { reject } of asked) reject(error);
      }
    }
    asking = false;
  }
  return (subject, evidence) =>
    new Promise((resolve, reject) => {
      waiting.push({ subject, evidence, resolve, reject });
      if (!asking) void ask();
    });
}

async function readFacts(
  db: Runner,
  subjects: readonly Fact['subject'][],
): Promise<ReadonlyMap<Fact['subject'], readonly Fact[]>> {
  const { rows } = await sql<Fact>`
    select subject, evidence, authority_fingerprint as "authorityFingerprint",
      trust_root_revision as "trustRootRevision", verifier_version as "verifierVersion", verdict
    from fact where subject = any(${subjects}::text[])`.execute(db);
  return Map.groupBy(rows, ({ subject }) => subject);
}
