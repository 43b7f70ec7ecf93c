import type { PolicyObject } from '#lib/policy/policy-object.ts';
import type { KyvernoConfiguration } from './configuration.ts';
import type { KyvernoCelException, KyvernoRuleException } from './read-exception.ts';

/** How Kyverno stands in one cluster. */
export interface KyvernoSetup {
  readonly cluster: string;
  readonly version?: string;
  readonly configuration: KyvernoConfiguration;
  /** `--enablePolicyException` and `--exceptionNamespace` (`*`: any); absent where they are not known. */
  readonly exceptions?: { readonly enabled: boolean; readonly namespace: string };
}

/** An exception of either group. */
export type KyvernoException = PolicyObject<KyvernoRuleException | KyvernoCelException>;
