import { createHash } from 'node:crypto';

/** Whom the private certificate authority vouches for: a SAN, its OIDC issuer, Fulcio extensions. */
export interface Identity {
  readonly subject: string;
  readonly issuer: string;
  /** Fulcio extensions by the last arc of 1.3.6.1.4.1.57264.1. */
  readonly extensions: readonly { readonly arc: number; readonly value: string }[];
}

/** The OIDC issuer of GitHub Actions. */
export const githubIssuer = 'https://token.actions.githubusercontent.com';

/**
 * The identity of a workflow run with the claims that Fulcio copies from its token.
 * @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
 */
export function workflowIdentity(options: {
  /** `owner/name`. */
  readonly repository: string;
  /** File name in `.github/workflows`. */
  readonly workflow: string;
  /** `refs/heads/main`, `refs/tags/v1.2.3`. */
  readonly ref: string;
  readonly issuer?: string;
}): Identity {
  const { repository, workflow, ref, issuer = githubIssuer } = options;
  const source = `https://github.com/${repository}`;
  const subject = `${source}/.github/workflows/${workflow}@${ref}`;
  const commit = createHash('sha1').update(subject).digest('hex');
  return {
    subject,
    issuer,
    extensions: [
      { arc: 2, value: 'push' },
      { arc: 3, value: commit },
      { arc: 4, value: workflow.replace(/\.ya?ml$/, '') },
      { arc: 5, value: repository },
      { arc: 6, value: ref },
      { arc: 9, value: subject },
      { arc: 10, value: commit },
      { arc: 11, value: 'github-hosted' },
      { arc: 12, value: source },
      { arc: 13, value: commit },
      { arc: 14, value: ref },
      { arc: 16, value: `https://github.com/${repository.split('/')[0]}` },
      { arc: 18, value: subject },
      { arc: 20, value: 'push' },
      { arc: 21, value: `${source}/actions/runs/7310642915/attempts/1` },
      { arc: 22, value: 'private' },
    ],
  };
}
