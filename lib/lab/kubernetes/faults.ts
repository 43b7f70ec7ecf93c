/**
 * Everything that can go wrong with a lab API server. `times`: then it is well again. `plural`: `pods`, or
 * `policies.kyverno.io` where several groups have the same word.
 */
export type KubernetesFault = { readonly times?: number } & (
  | { readonly kind: 'gone-during-paging'; readonly onContinue: number }
  | { readonly kind: 'watch-gone'; readonly as: 'status' | 'event' }
  | { readonly kind: 'drop-watch' }
  | { readonly kind: 'silent-watch' }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'forbidden-kind'; readonly plural: string }
  | { readonly kind: 'missing-kind'; readonly plural: string }
  | { readonly kind: 'server-error'; readonly status: number; readonly retryAfterSeconds?: number }
  | { readonly kind: 'slow'; readonly ms: number }
  | { readonly kind: 'hang' }
  | { readonly kind: 'malformed-item' }
  | { readonly kind: 'down' }
);
export type KubernetesFaultKind = KubernetesFault['kind'];

/** The fault in force, counting down. */
export class FaultSwitch {
  #fault: KubernetesFault | undefined;
  #left = 0;

  set(fault: KubernetesFault | undefined): void {
    this.#fault = fault;
    this.#left = fault?.times ?? Number.POSITIVE_INFINITY;
  }

  /** The fault if it is of that kind and applies; each answer but undefined uses it up once. */
  take<K extends KubernetesFaultKind>(
    kind: K,
    applies: (fault: Extract<KubernetesFault, { kind: K }>) => boolean = () => true,
  ): Extract<KubernetesFault, { kind: K }> | undefined {
    const fault = this.#fault;
    if (fault?.kind !== kind || this.#left <= 0) return undefined;
    const found = fault as Extract<KubernetesFault, { kind: K }>;
    if (!applies(found)) return undefined;
    this.#left -= 1;
    return found;
  }
}
