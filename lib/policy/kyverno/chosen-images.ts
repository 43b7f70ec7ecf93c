import { evaluateCel } from '#lib/policy/cel/evaluate.ts';
import { type Finding, no, notEvaluated, unknown, yes } from '#lib/policy/finding.ts';
import { compileWildcard } from '#lib/policy/patterns.ts';
import type { KyvernoConfiguration } from './configuration.ts';
import { kyvernoImage } from './image-name.ts';
import type { ImagePolicySpec } from './image-policy-schema.ts';

type Reference = ImagePolicySpec['matchImageReferences'][number];

/**
 * Whether an ImageValidatingPolicy chooses an image by its references; without any it chooses all. The
 * image is compared as it is declared, and with registry and tag filled in where Kyverno wrote them.
 * @see https://github.com/kyverno/kyverno/blob/main/pkg/cel/matching/image.go
 */
export function choosesImage(
  { matchImageReferences }: Pick<ImagePolicySpec, 'matchImageReferences'>,
  image: string,
  configuration: KyvernoConfiguration,
): Finding {
  if (matchImageReferences.length === 0) return yes('it chooses every image');
  const { name } = kyvernoImage(image, configuration);
  const forms = [...new Set([image, name])].map((form) => chooses(matchImageReferences, form));
  const [first = no('')] = forms;
  return forms.every(({ met }) => met === first.met)
    ? first
    : (forms.find(({ met }) => met === 'not-evaluated' || met === 'unknown') ??
        notEvaluated('whether the policy chooses the image depends on how Kyverno writes it'));
}

/** The first that fits chooses; one that fails before it is an error. */
function chooses(references: readonly Reference[], image: string): Finding {
  let open: Finding | undefined;
  for (const reference of references) {
    const found = fits(reference, image);
    if (found.met === 'yes') return open ?? found;
    if (found.met !== 'no') open ??= found;
  }
  return open ?? no('it is about other images');
}

function fits({ glob, expression }: Reference, image: string): Finding {
  if (glob) {
    if (/[[\]{}\\]/.test(glob)) return notEvaluated(`the glob ${glob} is not evaluated here`);
    return compileWildcard(glob)(image) ? yes('it chooses the image') : no('it is about others');
  }
  const answer = evaluateCel(expression ?? '', { values: { ref: image } });
  if (answer.kind === 'open') return answer.finding;
  if (answer.kind === 'error') return unknown(`matchImageReferences fail: ${answer.why}`);
  if (answer.value === true) return yes('it chooses the image');
  return answer.value === false ? no('it is about others') : unknown('matchImageReferences fail');
}
