import { z } from 'zod';
import { definePreset, quoted } from './preset.ts';

const identities = 'https://github.com/sigstore/fulcio/blob/main/docs/oidc.md';
const extensions = 'https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md';
const workflows = 'https://docs.sigstore.dev/quickstart/verification-cheat-sheet/';

const ref = z
  .string()
  .regex(/^refs\/(heads|tags)\/[^\s^~:?[\\@]+$/, {
    message: 'must begin with refs/heads/ or refs/tags/; * stands for any text',
  })
  .optional()
  .describe('branch or tag, `refs/heads/…` or `refs/tags/…`, `*` for any text; any, when left out');

/** A ref as an RE2. Refs of pull requests are never meant: whoever opens one would sign. */
const refPattern = (text: string | undefined): string =>
  text === undefined ? 'refs/(heads|tags)/.+' : text.split('*').map(quoted).join('.+');

const isPlain = (text: string | undefined): text is string =>
  text !== undefined && !text.includes('*');

/**
 * Workflows of one organisation at GitHub. A workflow that can be reused may be called by anyone, and the
 * subject names the workflow and not the caller: so the source repository must be theirs too.
 */
export const githubActions = definePreset({
  name: 'github-actions',
  title: 'Workflows of an organisation at GitHub',
  documents: [identities, extensions, workflows],
  readOn: '2026-11-21',
  parameters: {
    organisation: z
      .string()
      .regex(/^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}$/, {
        message: 'must be the name of an organisation or user at GitHub',
      })
      .describe('organisation or user, in its own spelling'),
    repository: z
      .string()
      .regex(/^[\w.-]{1,100}$/, { message: 'must be the name of a repository, without owner' })
      .optional()
      .describe('one repository; any of the organisation, when left out'),
    workflow: z
      .string()
      .regex(/^[\w.-]+\.ya?ml$/, { message: 'must be the name of a file such as release.yml' })
      .optional()
      .describe('file name of one workflow; any, when left out'),
    ref,
    trustRoot: z
      .enum(['public-good', 'github'])
      .default('public-good')
      .describe('`github` for what private repositories attest with GitHub’s own instance'),
  },
  expand: ({ organisation, repository, workflow, ref: text, trustRoot }) => {
    const owner = `https://github.com/${organisation}`;
    const path = '/.github/workflows/';
    const subject =
      repository !== undefined && workflow !== undefined && isPlain(text)
        ? { subject: `${owner}/${repository}${path}${workflow}@${text}` }
        : {
            subjectPattern: [
              `${quoted(owner)}/${repository === undefined ? '[^/@]+' : quoted(repository)}`,
              `${quoted(path)}${workflow === undefined ? '[^/@]+' : quoted(workflow)}`,
              `@${refPattern(text)}`,
            ].join(''),
          };
    const source =
      repository === undefined
        ? { sourceRepositoryOwnerUri: owner }
        : { sourceRepositoryUri: `${owner}/${repository}` };
    return {
      images: [`ghcr.io/${organisation.toLowerCase()}/**`],
      keyless: {
        trustRoot,
        identities: [
          { issuer: 'https://token.actions.githubusercontent.com', ...subject, claims: source },
        ],
      },
    };
  },
});

const groupPath = /^[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*$/;

/**
 * Pipelines of one group at gitlab.com. A project may take its pipeline from another project, which is
 * then the one in the subject: so the source project must be theirs too.
 */
export const gitlabCi = definePreset({
  name: 'gitlab-ci',
  title: 'Pipelines of a group at gitlab.com',
  documents: [identities, extensions, 'https://docs.gitlab.com/ci/yaml/signing_examples/'],
  readOn: '2026-11-21',
  parameters: {
    group: z
      .string()
      .regex(groupPath, { message: 'must be the path of a group at gitlab.com' })
      .describe('path of the group, with subgroups'),
    project: z
      .string()
      .regex(groupPath, { message: 'must be the path of a project below the group' })
      .optional()
      .describe('one project below it; any, when left out'),
    configPath: z
      .string()
      .regex(/^[^\s@/][^\s@]*\.ya?ml$/, { message: 'must be the path of a file in the project' })
      .default('.gitlab-ci.yml')
      .describe('file of the pipeline in the project, by default `.gitlab-ci.yml`'),
    ref,
  },
  expand: ({ group, project, configPath, ref: text }) => {
    const base = `https://gitlab.com/${group}`;
    const issuer = 'https://gitlab.com';
    if (project === undefined)
      return {
        images: [`registry.gitlab.com/${group.toLowerCase()}/**`],
        keyless: {
          identities: [
            {
              issuer,
              subjectPattern: `${quoted(base)}/([^/@]+/)*[^/@]+//${quoted(configPath)}@${refPattern(text)}`,
              claimPatterns: { sourceRepositoryUri: `${quoted(base)}/.+` },
            },
          ],
        },
      };
    const source = `${base}/${project}`;
    const start = `${source}//${configPath}@`;
    const subject = isPlain(text)
      ? { subject: `${start}${text}` }
      : { subjectPattern: `${quoted(start)}${refPattern(text)}` };
    const repository = `registry.gitlab.com/${group}/${project}`.toLowerCase();
    return {
      images: [repository, `${repository}/**`],
      keyless: {
        identities: [{ issuer, ...subject, claims: { sourceRepositoryUri: source } }],
      },
    };
  },
});
