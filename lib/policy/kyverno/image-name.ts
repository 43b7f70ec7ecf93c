import type { KyvernoConfiguration } from './configuration.ts';

/** An image as Kyverno writes it down before it compares. */
export interface KyvernoImage {
  /** `registry/path:tag`, or `registry/path@digest` where a digest is written. */
  readonly name: string;
  readonly hasDigest: boolean;
}

/**
 * The name under which Kyverno compares an image. It fills in the default registry but no `library/`:
 * `nginx` is `docker.io/nginx:latest`.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/utils/image/infos.go
 */
export function kyvernoImage(
  declared: string,
  {
    defaultRegistry,
    enableDefaultRegistryMutation,
  }: Pick<KyvernoConfiguration, 'defaultRegistry' | 'enableDefaultRegistryMutation'>,
): KyvernoImage {
  const first = declared.includes('/') ? (declared.split('/')[0] ?? '') : '';
  const hasHost =
    first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const full =
    hasHost || !enableDefaultRegistryMutation ? declared : `${defaultRegistry}/${declared}`;
  const at = full.lastIndexOf('@');
  const before = at < 0 ? full : full.slice(0, at);
  const colon = before.lastIndexOf(':');
  const hasTag = colon > before.lastIndexOf('/');
  const path = hasTag ? before.slice(0, colon) : before;
  if (at >= 0) return { name: `${path}@${full.slice(at + 1)}`, hasDigest: true };
  return { name: hasTag ? before : `${before}:latest`, hasDigest: false };
}
