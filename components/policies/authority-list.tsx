import { Facts } from '#components/list/facts.tsx';
import { Wrap } from '#components/ui/text.tsx';
import type { PolicyDetail } from '#lib/contract/policies.ts';

type Trusting = Pick<PolicyDetail, 'trusted' | 'verifies' | 'problems'>;

/** Whom a policy believes, what it demands of them, and why a key could not be had. */
export function AuthorityList({ policy }: { readonly policy: Trusting }) {
  const { trusted, verifies, problems } = policy;
  if (trusted.length === 0)
    return <p className="text-ink-2">{nobody(verifies, problems.length > 0)}</p>;
  return (
    <ul>
      {trusted.map(({ name, kind, trusts, trustRoot, demands, problem }) => (
        <li
          key={`${name} ${kind} ${trusts.join()}`}
          className="border-line border-t py-2.5 first:border-t-0 first:pt-0"
        >
          <p>
            <Wrap className="font-medium">{name}</Wrap> <Wrap className="text-ink-2">{kind}</Wrap>
          </p>
          <ul>
            {trusts.map((one) => (
              <li key={one}>
                <Wrap className="font-mono text-code text-ink-2">{one}</Wrap>
              </li>
            ))}
          </ul>
          <Facts
            className="mt-1"
            entries={[
              { name: 'Trust root', value: trustRoot && <Wrap>{trustRoot}</Wrap> },
              {
                name: 'Demands',
                value: demands.length > 0 ? <Wrap>{demands.join(', ')}</Wrap> : null,
              },
            ]}
          />
          {problem !== null && (
            <p className="mt-1 text-notice-text">
              Could not be used: <Wrap>{problem}</Wrap>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function nobody(verifies: boolean, refused: boolean): string {
  if (refused) return 'Not known: the document cannot be read.';
  return verifies
    ? 'It asks for signatures and names nobody whom it would believe.'
    : 'Nobody: it asks for no signature and no attestation.';
}
