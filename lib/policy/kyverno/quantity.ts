/** A quantity of Kubernetes as a whole number of its smallest part. */
export type Quantity = bigint;

const binary: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
const decimal: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** Digits before the point of what we compare: Kubernetes keeps nine. */
const scale = 9;

/**
 * A quantity (`100m`, `1Gi`, `2e3`) in billionths; undefined for what is none, or is finer or longer than
 * anybody writes.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string): Quantity | undefined {
  const match =
    /^([+-]?)(\d{0,30})(?:\.(\d{0,9}))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d{1,2}))?$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', binarySuffix, suffix = '', exponent] = match;
  if (whole + fraction === '') return undefined;
  const power = scale - fraction.length + (decimal[suffix] ?? 0) + Number(exponent ?? 0);
  const factor = binary[binarySuffix ?? ''] ?? 1n;
  const digits = BigInt(whole + fraction) * factor;
  const value = power >= 0 ? digits * 10n ** BigInt(power) : digits / 10n ** BigInt(-power);
  return sign === '-' ? -value : value;
}

/** Below zero where the first is less, above where it is more. */
export function compareQuantities(one: Quantity, other: Quantity): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
