// What admission says of a large fleet: all policies, and again after one of them changed.
import type { Admission } from '#lib/policy/admission.ts';
import { policyKey } from '#lib/policy/decisions/decider.ts';
import type { FactsOf } from '#lib/policy/facts.ts';
import { openAdmission } from '#lib/policy/open-admission.ts';
import { memoryMib, peakMemoryMib } from './memory.ts';
import {
  admittedOf,
  factsOfImage,
  fleetNamespaces,
  imageOf,
  policyOf,
  template,
} from './policy-fleet.ts';

const [policies = '1000', workloads = '100000', images = '5000'] = process.argv.slice(2);
const size = { policies: Number(policies), workloads: Number(workloads), images: Number(images) };

const declared = Array.from({ length: size.images }, (_, index) => imageOf(index));
const facts = new Map(declared.map((image, index) => [image, factsOfImage(index)]));
const factsOf: FactsOf = (image) => facts.get(image);
const before = memoryMib();

/** Time that passed, and how much of it a processor worked for us: others may be at work too. */
function clock(): () => string {
  const [start, used] = [performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(used);
    const passed = performance.now() - start;
    return `${(passed / 1000).toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU)`;
  };
}

const opening = clock();
const admission = open();
const opened = opening();
const evaluating = clock();
const all = evaluate(admission);
console.log(
  `${size.policies} policies × ${size.workloads} workloads, ${size.images} images: ${all.decisions} decisions (${all.refused} refuse if enforced) in ${evaluating()}, read in ${opened}, at most ${peakMemoryMib()} MiB (${before} before)`,
);

for (const [engine, changed] of [
  ['Kyverno', 4],
  ['policy-controller', 10],
] as const) {
  const whole = clock();
  const reading = clock();
  const next = open(changed);
  const reopened = reading();
  const own = next.policies.filter(({ reference }) => reference.name === `policy-${changed}`);
  const again = evaluate(next, new Set(own.map(({ reference }) => policyKey(reference))));
  console.log(
    `after one policy of ${engine} changed: ${again.decisions} decisions in ${whole()}, of which ${reopened} to read all policies`,
  );
}

/** The admission of the fleet, in which one policy says something else. */
function open(changed?: number): Admission {
  const objects = Array.from({ length: size.policies }, (_, index) =>
    policyOf(index, index === changed ? 1 : 0),
  );
  return openAdmission({
    cluster: 'bench',
    objects: [template, ...objects.flat()],
    namespaces: fleetNamespaces,
    engines: [],
    unreadable: ['/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations'],
    now: new Date('2026-11-21T12:00:00Z'),
  });
}

function evaluate(asked: Admission, only?: ReadonlySet<string>) {
  let [decisions, refused] = [0, 0];
  for (let index = 0; index < size.workloads; index += 1)
    for (const admitted of admittedOf(index, declared))
      for (const { enforced } of asked.decide(admitted, factsOf, only && { only })) {
        decisions += 1;
        if (enforced === 'refuse') refused += 1;
      }
  return { decisions, refused };
}
