import type { Authority } from '#lib/model/authority.ts';
import type { AuthorityFinding, WeaknessCode } from '#lib/model/authority-findings.ts';
import { compileImageGlob } from '#lib/verify/image-glob.ts';

/** What is weak about the images that one authority speaks about. */
export const lintImages = ({ name, images }: Authority): readonly AuthorityFinding[] =>
  images.flatMap((glob, index) => {
    const found = lintGlob(glob);
    return found === undefined
      ? []
      : [
          {
            code: found[0],
            about: { kind: 'authority', name } as const,
            where: `images[${index}]`,
            detail: found[1],
          },
        ];
  });

/** Images of nobody in particular, at several depths. */
const anywhere = ['attacker.example/a', 'docker.io/library/nginx', 'ghcr.io/attacker/a/b/c'];

function lintGlob(glob: string): readonly [WeaknessCode, string] | undefined {
  if (anywhere.every(compileImageGlob(glob))) return ['images-everything', `${glob} matches all`];
  const [host = '', ...path] = glob.split('/');
  if (path.length === 0 && !host.includes('**'))
    return ['images-never', `${glob} has no registry and repository`];
  // A port is the only colon of a name, and stands in the host.
  if (/[@:]/.test(path.join('/'))) return ['images-never', `${glob} has a tag or digest`];
  if (host.includes('*')) return ['images-any-registry', `${glob} leaves the host open`];
  if (host === 'index.docker.io' || host === 'registry-1.docker.io')
    return ['images-never', `${glob}: Docker Hub goes by docker.io`];
  if (host === 'docker.io' && path.length === 1 && !glob.includes('*'))
    return ['images-never', `${glob}: official images go by docker.io/library/${path[0]}`];
  return undefined;
}
