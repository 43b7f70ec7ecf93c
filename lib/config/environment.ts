import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '#lib/errors.ts';

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value);
const text = z.preprocess(blankIsAbsent, z.string().optional());

const Variables = z.object({
  SEALWATCH_CONFIG: text,
  SEALWATCH_DATA_DIR: text,
  SEALWATCH_URL: text,
  SEALWATCH_WORKERS: z.preprocess(blankIsAbsent, z.coerce.number().int().min(1).max(64).optional()),
  DATABASE_URL: z.preprocess(
    blankIsAbsent,
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, { message: 'must begin with postgresql://' })
      .optional(),
  ),
  DOCKER_CONFIG: text,
  KUBECONFIG: text,
  KUBERNETES_SERVICE_HOST: text,
});

/** What the environment says, checked once. */
export interface Environment {
  readonly configPath?: string;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  /** Where this server answers, as `sealwatch serve` has decided. */
  readonly url?: string;
  readonly workers?: number;
  readonly dockerConfigPath: string;
  readonly kubeconfig?: string;
  readonly inCluster: boolean;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the environment.
 * @throws ConfigurationError naming every variable that cannot be
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const parsed = Variables.safeParse(variables);
  if (!parsed.success)
    throw new ConfigurationError(
      parsed.error.issues.map(
        (issue) => `environment variable ${issue.path.join('.')}: ${issue.message}`,
      ),
    );
  const found = parsed.data;
  const home = os.homedir();
  return {
    ...(found.SEALWATCH_CONFIG !== undefined && { configPath: found.SEALWATCH_CONFIG }),
    dataDir: path.resolve(/* turbopackIgnore: true */ found.SEALWATCH_DATA_DIR ?? '.sealwatch'),
    ...(found.DATABASE_URL !== undefined && { databaseUrl: found.DATABASE_URL }),
    ...(found.SEALWATCH_URL !== undefined && { url: found.SEALWATCH_URL }),
    ...(found.SEALWATCH_WORKERS !== undefined && { workers: found.SEALWATCH_WORKERS }),
    dockerConfigPath: path.join(found.DOCKER_CONFIG ?? path.join(home, '.docker'), 'config.json'),
    ...(found.KUBECONFIG !== undefined && { kubeconfig: found.KUBECONFIG }),
    inCluster: found.KUBERNETES_SERVICE_HOST !== undefined,
    variables,
  };
}
