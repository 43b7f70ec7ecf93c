import { z } from 'zod';
import { type AuthorityFinding, weaknesses } from '#lib/model/authority-findings.ts';
import { SeverityWord, WeaknessWord } from './words.ts';

/** A weakness of an authority or a trust root: what, where, and what to write instead. */
export const AuthorityFindingRow = z
  .object({
    code: WeaknessWord,
    severity: SeverityWord,
    title: z.string(),
    about: z.object({ kind: z.enum(['authority', 'trust-root']), name: z.string() }),
    /** The key of the configuration below the authority, or a part of the trust root. */
    where: z.string(),
    detail: z.string(),
    remedy: z.string(),
  })
  .meta({ id: 'AuthorityFinding' });
export type AuthorityFindingRow = z.infer<typeof AuthorityFindingRow>;

/** A finding with the words of its catalogue. */
export const authorityFindingRow = (finding: AuthorityFinding): AuthorityFindingRow => ({
  ...weaknesses[finding.code],
  ...finding,
});
