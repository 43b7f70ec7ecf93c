import { ConfigurationError } from '#lib/errors.ts';
import type { Authority } from '#lib/model/authority.ts';
import { compileIdentityRule, isRuleProblem } from '#lib/verify/identity.ts';

/**
 * Refuses identities that are empty, match the empty text or are not RE2: such a rule would believe
 * anyone or no one, and its author is there to correct it.
 * @throws ConfigurationError naming authority and identity
 */
export function checkIdentityRules(authorities: readonly Authority[], path: string): void {
  const problems = authorities.flatMap((authority) =>
    authority.kind !== 'keyless'
      ? []
      : authority.identities.flatMap((rule, index) => {
          const compiled = compileIdentityRule(rule);
          return isRuleProblem(compiled)
            ? [`${path}: authority "${authority.name}": identities[${index}].${compiled.problem}`]
            : [];
        }),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
}
