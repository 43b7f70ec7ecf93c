import { ChevronRight } from 'lucide-react';
import { type FactEntry, Facts } from '#components/list/facts.tsx';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { Digest } from '#components/ui/digest.tsx';
import { formatInstant } from '#components/ui/format.ts';
import { Wrap } from '#components/ui/text.tsx';
import type { EvidenceRow } from '#lib/contract/images.ts';
import { reasonOf } from '#lib/model/reasons.ts';
import { attestationFacts } from './attestation-facts.tsx';
import { CheckList } from './check-list.tsx';
import { claimTitle, placeTitles } from './image-words.ts';

interface EvidenceItemProps {
  readonly evidence: EvidenceRow;
  readonly title: string;
  readonly open: boolean;
}

/** One item of evidence: who made it, how, when, where it lies, and every check. */
export function EvidenceItem({ evidence, title, open }: EvidenceItemProps) {
  const { status, signer, reason, checks } = evidence;
  const attached = evidence.kind === 'unsigned-attachment';
  return (
    <details open={open} className="group/evidence border-line border-t">
      <summary className="flex list-none items-center gap-2.5 px-4 py-2.5 hover:bg-hover max-md:flex-wrap [&::-webkit-details-marker]:hidden">
        <ChevronRight
          aria-hidden="true"
          className="size-3.5 text-ink-3 transition-[rotate] group-open/evidence:rotate-90"
        />
        <span className="min-w-0 flex-1">
          <Wrap className="block font-[550]">{title}</Wrap>
          <Wrap className="block text-ink-2 text-label">
            {signer?.name ?? (attached ? 'nobody signed it' : 'no signer is known')}
          </Wrap>
        </span>
        <StatusBadge
          status={attached ? 'unsigned' : status}
          className="max-md:basis-full max-md:pl-6"
        />
      </summary>
      <div className="px-4 pt-0.5 pb-4 pl-10 max-md:pl-4">
        {reason !== null && (
          <p className="mb-2">
            <span className="font-medium">{reasonOf(reason).title}.</span>{' '}
            <span className="text-ink-2">{reasonOf(reason).remedy}</span>
          </p>
        )}
        <Facts entries={facts(evidence)} className="md:grid-cols-[176px_minmax(0,1fr)]" />
        {checks.length > 0 && <CheckList checks={checks} />}
      </div>
    </details>
  );
}

const facts = (evidence: EvidenceRow): readonly FactEntry[] => [
  ...attestationFacts(evidence.attestation),
  ...signerFacts(evidence.signer),
  { name: 'Signed', value: <Times times={evidence.times} /> },
  {
    name: 'Authority',
    value:
      evidence.authority === null ? 'none covers this image' : <Wrap>{evidence.authority}</Wrap>,
  },
  {
    name: 'Trust root',
    value: evidence.trustRoot && <Wrap>{trustRootText(evidence.trustRoot)}</Wrap>,
  },
  { name: 'Log', value: logText(evidence.log) },
  { name: 'Statement', value: evidence.predicateType && <Wrap>{evidence.predicateType}</Wrap> },
  ...trustDataFacts(evidence.trustData),
  {
    name: 'Claims to be',
    value: evidence.attachment && (
      <Wrap>{evidence.attachment.claimedType ?? evidence.attachment.mediaType}</Wrap>
    ),
  },
  ...Object.entries(evidence.annotations).map(([name, value]) => ({
    name: `Signed note: ${name}`,
    value: <Wrap>{value}</Wrap>,
  })),
  { name: 'Stored', value: <Sources sources={evidence.sources} /> },
];

const rootWords = {
  pinned: 'pinned by an authority',
  remembered: 'not pinned; the same as at an earlier look',
  'first-use': 'not pinned; seen for the first time',
} as const;

function trustDataFacts(trustData: EvidenceRow['trustData']): readonly FactEntry[] {
  if (trustData === undefined) return [];
  const { server, gun, tags, root, rootKeys, expiresAt, retiresOn } = trustData;
  const named = tags.map(({ tag, roles }) => `${tag} (${roles.join(', ')})`).join(', ');
  return [
    { name: 'Trust data', value: <Wrap>{`${gun} on ${server}`}</Wrap> },
    { name: 'Names it as', value: <Wrap>{named || 'no tag'}</Wrap> },
    { name: 'Root key', value: <Wrap>{`${rootKeys.join(', ')}: ${rootWords[root]}`}</Wrap> },
    { name: 'Expires', value: expiresAt && formatInstant(expiresAt) },
    { name: 'Service ends', value: retiresOn },
  ];
}

function signerFacts(signer: EvidenceRow['signer']): readonly FactEntry[] {
  if (signer === null) return [];
  return [
    { name: 'Issuer', value: signer.issuer && <Wrap>{signer.issuer}</Wrap> },
    {
      name: signer.kind === 'key' ? 'Key' : 'Certificate',
      value: <Wrap className="font-mono text-code text-ink-2">{signer.fingerprint}</Wrap>,
    },
    {
      name: 'Valid',
      value:
        signer.notBefore && signer.notAfter
          ? `${formatInstant(signer.notBefore)} to ${formatInstant(signer.notAfter)}`
          : null,
    },
    ...Object.entries(signer.claims).map(([name, value]) => ({
      name: claimTitle(name),
      value: <Wrap className="font-mono text-code">{value}</Wrap>,
    })),
  ];
}

const timeSources = {
  'rekor-set': 'promised by the log',
  rfc3161: 'timestamped by',
  'signing-authority': 'vouched for by',
} as const;

function Times({ times }: Pick<EvidenceRow, 'times'>) {
  if (times.length === 0) return <span className="text-ink-2">no time is proven</span>;
  return times.map(({ at, source, by }) => (
    <span key={`${at} ${by}`} className="block">
      <time dateTime={at}>{formatInstant(at)}</time>
      <span className="text-ink-2">
        , {timeSources[source]} <Wrap>{by}</Wrap>
      </span>
    </span>
  ));
}

function trustRootText({ name, revision, inUse }: NonNullable<EvidenceRow['trustRoot']>): string {
  const what = `${name}, revision ${revision}`;
  if (inUse === null) return `${what}, replaced since`;
  const stale =
    inUse.staleSince === null ? '' : `, not refreshed since ${formatInstant(inUse.staleSince)}`;
  return `${what}, as of ${formatInstant(inUse.asOf)}${stale}`;
}

function logText(log: EvidenceRow['log']) {
  if (log === null) return null;
  const when = log.integratedAt === null ? '' : `, entered ${formatInstant(log.integratedAt)}`;
  return <Wrap>{`${log.log}, index ${log.index}, ${log.kind}${when}`}</Wrap>;
}

function Sources({ sources }: Pick<EvidenceRow, 'sources'>) {
  return sources.map(({ place, registry, repository, manifest }) => (
    <span key={`${place} ${repository} ${manifest}`} className="block">
      {placeTitles[place]} <Digest value={manifest} /> in <Wrap>{`${registry}/${repository}`}</Wrap>
    </span>
  ));
}
