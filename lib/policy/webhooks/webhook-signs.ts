import { X509Certificate } from 'node:crypto';
import type { Bypass, BypassCode } from '#lib/model/bypass.ts';
import { selectorText, selects, selectsAll } from '#lib/policy/selector.ts';
import type { AdmissionSurface } from './admission-surface.ts';
import type { Webhook, WebhookConfiguration } from './read-webhooks.ts';

/** Verification of an image whose signature is not cached takes up to this long. */
const slowVerificationSeconds = 10;

type Sign = Pick<Bypass, 'code' | 'effect' | 'why' | 'affects'>;
const all = (): boolean => true;

/** Everything that one webhook shows of ways past it. */
export function webhookSigns(
  { head, engine }: WebhookConfiguration,
  webhook: Webhook,
  surface: AdmissionSurface,
): readonly Bypass[] {
  if (engine === undefined) return [];
  const signs = [
    ...brokenSigns(webhook, surface),
    ...laxSigns(webhook),
    ...selectionSigns(webhook),
  ];
  const object = head.reference;
  return signs.map((sign) => ({ ...sign, engine, object, name: webhook.name }));
}

/** Why it cannot answer: then its failure policy decides for everybody. */
function brokenSigns(webhook: Webhook, surface: AdmissionSurface): readonly Sign[] {
  const lets = webhook.failurePolicy === 'Ignore';
  const effect = lets ? 'passes' : 'blocks';
  const end = lets
    ? 'and failurePolicy Ignore lets pods in'
    : 'and failurePolicy Fail lets no pod in';
  const sign = (code: BypassCode, what: string): Sign => ({
    code,
    effect,
    why: `${what}, ${end}`,
    affects: all,
  });
  return [...serviceSigns(webhook, surface, sign), ...certificateSigns(webhook, surface.now, sign)];
}

function serviceSigns(
  { clientConfig: { service } }: Webhook,
  { services, endpoints }: AdmissionSurface,
  sign: (code: BypassCode, what: string) => Sign,
): readonly Sign[] {
  if (service === undefined) return [];
  const { namespace, name } = service;
  const called = (one: { readonly namespace: string; readonly service: string }) =>
    one.namespace === namespace && one.service === name;
  if (services !== undefined && !services.some((one) => called({ ...one, service: one.name })))
    return [sign('service-missing', `the service ${namespace}/${name} is not there`)];
  if (endpoints === undefined) return [];
  const ready = endpoints.filter(called).reduce((sum, one) => sum + one.ready, 0);
  return ready > 0
    ? []
    : [sign('no-endpoints', `no pod behind the service ${namespace}/${name} is ready`)];
}

function certificateSigns(
  { clientConfig: { service, caBundle = '' } }: Webhook,
  now: Date,
  sign: (code: BypassCode, what: string) => Sign,
): readonly Sign[] {
  if (caBundle === '')
    return service === undefined ? [] : [sign('ca-missing', 'its caBundle is empty')];
  const pem = Buffer.from(caBundle, 'base64').toString('latin1');
  const certificates = (pem.match(certificateBlock) ?? []).flatMap(certificateOf);
  if (certificates.length === 0)
    return [sign('ca-unreadable', 'its caBundle holds no certificate that can be read')];
  const last = Math.max(...certificates.map(({ validToDate }) => validToDate.getTime()));
  return last >= now.getTime()
    ? []
    : [sign('ca-expired', `its caBundle expired on ${new Date(last).toISOString().slice(0, 10)}`)];
}

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

function certificateOf(pem: string): X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}

/** What lets pods in whenever it fails or is slow. */
function laxSigns({ failurePolicy, timeoutSeconds, matchPolicy }: Webhook): readonly Sign[] {
  const lets = failurePolicy === 'Ignore';
  const signs: Sign[] = [];
  if (lets)
    signs.push({
      code: 'failure-policy-ignore',
      effect: 'passes',
      why: 'failurePolicy is Ignore: whenever it does not answer, pods get in unexamined',
      affects: all,
    });
  if (timeoutSeconds < slowVerificationSeconds)
    signs.push({
      code: 'timeout-short',
      effect: lets ? 'passes' : 'blocks',
      why: `timeoutSeconds is ${timeoutSeconds}, and verifying an image takes up to ${slowVerificationSeconds}`,
      affects: all,
    });
  if (matchPolicy === 'Exact')
    signs.push({
      code: 'match-policy-exact',
      effect: 'passes',
      why: 'matchPolicy is Exact: the same object in another API version is not looked at',
      affects: all,
    });
  return signs;
}

/** Whom it leaves out by what the object itself or its author says. */
function selectionSigns({ objectSelector, matchConditions }: Webhook): readonly Sign[] {
  const signs: Sign[] = matchConditions.map(({ name, expression }) => ({
    code: 'match-condition',
    effect: 'passes',
    why: `it is asked only where ${name} holds: ${expression.slice(0, 300)}`,
    // CEL is not run here, so anybody may be left out.
    affects: all,
  }));
  if (objectSelector !== undefined && !selectsAll(objectSelector))
    signs.push({
      code: 'object-selector',
      effect: 'passes',
      why: `it is asked only about objects with ${selectorText(objectSelector)}, and their authors write labels`,
      affects: ({ labels }) => !selects(objectSelector, labels),
    });
  return signs;
}
