import clsx from 'clsx';
import { Check, CircleQuestionMark, Minus } from 'lucide-react';
import { StatusBadge } from '#components/status/status-badge.tsx';
import { Digest } from '#components/ui/digest.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { Table, Tbody, Td, Th, Tr } from '#components/ui/table.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { ImageLocation } from '#lib/contract/images.ts';

type Platform = ImageLocation['platforms'][number];
type Truth = 'yes' | 'no' | 'unknown';

const proofs: Readonly<Record<Platform['signed'], string>> = {
  direct: 'Direct',
  inherited: 'Inherited',
  neither: 'Neither',
  unknown: 'Could not check',
};

/** What the signature really reaches: each platform by itself, and by the index that lists it. */
export function PlatformTable({ location }: { readonly location: ImageLocation }) {
  if (location.platforms.length === 0) return null;
  return (
    <Panel title="Platforms" hint="what the signature really reaches">
      <Table caption="Platforms: signed directly, inherited from the signed index, or neither">
        <thead>
          <tr>
            <Th>Platform</Th>
            <Th>Manifest</Th>
            <Th>Signed directly</Th>
            <Th>In a signed index</Th>
            <Th>Proof</Th>
            <Th>Verdict</Th>
          </tr>
        </thead>
        <Tbody>
          {location.platforms.map((platform) => (
            <Tr key={`${platform.platform} ${platform.digest}`}>
              <Td card="lead">
                <Wrap className="font-mono text-code">{platform.platform}</Wrap>
              </Td>
              <Td label="Manifest">
                <Digest value={platform.digest} />
              </Td>
              <Td label="Directly">
                <Answer truth={directly(platform)} />
              </Td>
              <Td label="In index">
                <Answer truth={inIndex(platform, location)} />
              </Td>
              <Td label="Proof" className="font-medium">
                {proofs[platform.signed]}
              </Td>
              <Td label="Verdict">
                {platform.status === null ? (
                  <span className="text-ink-3">not checked by itself</span>
                ) : (
                  <StatusBadge status={platform.status} />
                )}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}

/** A platform that was never looked at by itself may well be signed: that is not known. */
function directly({ signed, status }: Platform): Truth {
  if (signed === 'direct') return 'yes';
  return status === null || status === 'inconclusive' ? 'unknown' : 'no';
}

/** An index proves its children only while its own signature is proven. */
function inIndex({ signed }: Platform, { status }: ImageLocation): Truth {
  if (signed === 'neither') return 'no';
  if (signed === 'inherited' || status === 'verified') return 'yes';
  return signed === 'unknown' || status === 'inconclusive' ? 'unknown' : 'no';
}

const answers = {
  yes: { word: 'Yes', Icon: Check },
  no: { word: 'No', Icon: Minus },
  unknown: { word: 'Unknown', Icon: CircleQuestionMark },
} as const;

function Answer({ truth }: { readonly truth: Truth }) {
  const { word, Icon } = answers[truth];
  return (
    <span className={clsx('inline-flex items-center gap-1.5', truth !== 'yes' && 'text-ink-3')}>
      <Icon aria-hidden="true" className={clsx('size-3.5', truth === 'yes' && 'text-verified')} />
      {word}
    </span>
  );
}
