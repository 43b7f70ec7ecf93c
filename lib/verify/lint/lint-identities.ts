import type { Authority, IdentityRule, IssuerRule, TextRule } from '#lib/model/authority.ts';
import type { AuthorityFinding, WeaknessCode } from '#lib/model/authority-findings.ts';
import { compileIdentityRule, compileTextRule, isRuleProblem } from '#lib/verify/identity.ts';
import { anyText, looseDot, shapesOf, withinSegment } from './pattern-shape.ts';

type KeylessAuthority = Extract<Authority, { readonly kind: 'keyless' }>;
type Found = readonly [code: WeaknessCode, field: string, detail: string];

/** What is weak about the identities of one authority; `privatePki` when its root is one. */
export function lintIdentities(
  authority: KeylessAuthority,
  privatePki: boolean,
): readonly AuthorityFinding[] {
  return authority.identities.flatMap((rule, index) =>
    lintIdentity(rule, privatePki).map(([code, field, detail]) => ({
      code,
      about: { kind: 'authority', name: authority.name } as const,
      where: `keyless.identities[${index}].${field}`,
      detail,
    })),
  );
}

function lintIdentity(rule: IdentityRule, privatePki: boolean): readonly Found[] {
  const compiled = compileIdentityRule(rule);
  if (isRuleProblem(compiled)) {
    const [field = 'subject', ...why] = compiled.problem.split(': ');
    return [['rule-unusable', field, why.join(': ')]];
  }
  return [
    ...lintSubject(rule.subject, rule.subjectKind === 'dn'),
    ...lintWorkflow(rule),
    ...lintIssuer(rule.issuer, privatePki),
    ...Object.entries(rule.claims ?? {}).flatMap(([name, claim]) =>
      likePattern(claim, `claims.${name}`),
    ),
  ];
}

/** Names that nobody would trust on purpose: a rule that takes them all takes everyone. */
const strangers = [
  'https://attacker.example/a/.github/workflows/a.yml@refs/heads/a',
  'attacker@attacker.example',
  'attacker',
];

function takesStrangers(rule: TextRule): boolean {
  const matches = compileTextRule(rule);
  return typeof matches === 'function' && strangers.every(matches);
}

function lintSubject(subject: TextRule, isDistinguishedName: boolean): readonly Found[] {
  if (subject.kind === 'exact') return likePattern(subject, 'subject');
  const { pattern } = subject;
  const found = (code: WeaknessCode, why: string): Found => [
    code,
    'subjectPattern',
    `${pattern} ${why}`,
  ];
  if (takesStrangers(subject)) return [found('subject-anyone', 'matches every name')];
  if (isDistinguishedName) return [];
  const shapes = shapesOf(pattern);
  if (shapes === undefined) return [found('pattern-unread', 'has too many ways through')];
  const codes = new Map<WeaknessCode, string>();
  for (const shape of shapes) for (const [code, why] of openParts(shape)) codes.set(code, why);
  return [...codes].map(([code, why]) => found(code, why));
}

const open = new RegExp(`[${withinSegment}${anyText}]`, 'u');
const mark = new RegExp(`[${looseDot}${withinSegment}${anyText}]`, 'u');

/** Hosts on which everyone can have an account: the first part of the path says whose it is. */
const sharedHosts = [
  'github.com',
  'gitlab.com',
  'bitbucket.org',
  'buildkite.com',
  'g.codefresh.io',
  'agent.buildkite.com',
];

type OpenPart = readonly [WeaknessCode, string];

/** What one shape of a subject leaves open, as far as it is a URL or an address. */
function openParts(shape: string): readonly OpenPart[] {
  const url = /^(.*?):\/\/([^/]*)(?:\/(.*))?$/su.exec(shape);
  if (url) return openUrl(url[1] ?? '', url[2] ?? '', url[3]);
  const address = /^(.*)@([^@/]*)$/su.exec(shape);
  if (address && !shape.includes('/')) return openAddress(address[1] ?? '', address[2] ?? '');
  return open.test(shape.slice(0, 1)) && /[/.@]/u.test(shape)
    ? [['subject-any-host', 'may begin with anything']]
    : [];
}

/** A wildcard before the first slash of the path may hold that slash: the host ends where it wants. */
function openUrl(scheme: string, host: string, path: string | undefined): readonly OpenPart[] {
  if (open.test(scheme) || open.test(host)) return [['subject-any-host', 'leaves the host open']];
  const literal = host.replaceAll(looseDot, '.');
  const found: OpenPart[] = host.includes(looseDot) ? [looseHost] : [];
  if (sharedHosts.includes(literal) && !ownerIsFixed(path))
    found.push(['subject-any-owner', `matches accounts of strangers at ${literal}`]);
  return found;
}

function openAddress(mailbox: string, domain: string): readonly OpenPart[] {
  if (open.test(domain)) return [['subject-any-host', 'leaves the domain open']];
  const found: OpenPart[] = domain.includes(looseDot) ? [looseHost] : [];
  if (open.test(mailbox))
    found.push([
      'subject-any-mailbox',
      `matches every address at ${domain.replaceAll(looseDot, '.')}`,
    ]);
  return found;
}

const looseHost = ['pattern-loose-dot', 'has an unescaped dot in the host'] as const;

const ownerIsFixed = (path: string | undefined): boolean => {
  const [owner = ''] = (path ?? '').split('/');
  return owner !== '' && !mark.test(owner);
};

const githubIssuer = 'https://token.actions.githubusercontent.com';
const gitlabIssuer = 'https://gitlab.com';

/** Rules about pipelines: their subjects end in a ref, and name the workflow and not who called it. */
function lintWorkflow(rule: IdentityRule): readonly Found[] {
  const { subject, issuer, claims = {} } = rule;
  const provider = issuer.kind === 'exact' ? issuer.value : '';
  const text = subject.kind === 'exact' ? subject.value : subject.pattern;
  const field = subject.kind === 'exact' ? 'subject' : 'subjectPattern';
  if (provider !== githubIssuer && provider !== gitlabIssuer && !text.includes('/workflows/'))
    return [];
  const shapes = subject.kind === 'exact' ? [subject.value] : (shapesOf(text) ?? []);
  const refs = new Set(shapes.map(refOf));
  const byClaim = ['sourceRepositoryRef', 'githubWorkflowRef'].some((name) =>
    isNarrow(claims[name]),
  );
  const caller = Object.keys(claims).some((name) =>
    /^(source|githubWorkflow)Repository/.test(name),
  );
  return [
    ...(refs.has('any') && !byClaim
      ? [['subject-any-ref', field, `${text} is signed for by any branch`] as const]
      : []),
    ...(refs.has('none')
      ? [['subject-without-ref', field, `${text} ends before the @`] as const]
      : []),
    ...(subject.kind === 'pattern' && !caller && !takesStrangers(subject)
      ? [['subject-any-caller', 'claims', `${text} says nothing of the source repository`] as const]
      : []),
  ];
}

/** Which refs a subject lets through: any branch, some that it names, or it never comes to a ref. */
function refOf(shape: string): 'any' | 'some' | 'none' {
  const at = shape.lastIndexOf('@');
  if (at < 0) return open.test(shape.slice(-1)) ? 'any' : 'none';
  const rest = shape.slice(at + 1).replace(/^refs\//u, '');
  const branch = rest.replace(/^heads\//u, '');
  return branch !== '' &&
    [...branch].every((character) => mark.test(character) || character === '/')
    ? 'any'
    : 'some';
}

const isNarrow = (rule: TextRule | undefined): boolean => {
  if (rule === undefined || rule.kind === 'exact') return rule !== undefined;
  const matches = compileTextRule(rule);
  return typeof matches === 'function' && !matches('refs/heads/attacker');
};

function lintIssuer(issuer: IssuerRule, privatePki: boolean): readonly Found[] {
  if (issuer.kind === 'none')
    return privatePki ? [] : [['issuer-none', 'issuer', 'the trust root is no private PKI']];
  if (issuer.kind === 'exact') return likePattern(issuer, 'issuer');
  const { pattern } = issuer;
  if (takesStrangers(issuer))
    return [['issuer-anyone', 'issuerPattern', `${pattern} matches every name`]];
  const shapes = shapesOf(pattern);
  if (shapes === undefined)
    return [['pattern-unread', 'issuerPattern', `${pattern} has too many ways through`]];
  const codes = shapes.flatMap(openParts).map(([code]) => code);
  if (codes.includes('subject-any-host'))
    return [['issuer-anyone', 'issuerPattern', `${pattern} leaves the host open`]];
  return [
    ['issuer-pattern', 'issuerPattern', `${pattern} may match more than one provider`],
    ...(codes.includes('pattern-loose-dot')
      ? [
          [
            'pattern-loose-dot',
            'issuerPattern',
            `${pattern} has an unescaped dot in the host`,
          ] as const,
        ]
      : []),
  ];
}

/** Signs of a pattern in a text that is compared as it stands; `*` is what other engines write. */
const patternSigns = /\*|^\^|\$$|\\[./]|\.\+/;

const likePattern = (rule: TextRule, field: string): readonly Found[] =>
  rule.kind === 'exact' && patternSigns.test(rule.value)
    ? [['exact-like-pattern', field, `${rule.value} is compared as it stands`]]
    : [];
