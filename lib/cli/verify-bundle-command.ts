import { shippedRoot } from '#lib/wiring/shipped-root.ts';
import { verifyBundle, verifyBundleHelp } from './verify-bundle.ts';

/** Verifies one bundle with the shipped public-good root unless another is named. */
export async function run(parameters: string[]): Promise<number> {
  if (parameters.includes('--help') || parameters.includes('-h')) {
    process.stdout.write(verifyBundleHelp);
    return 0;
  }
  const { exitCode, output } = await verifyBundle(parameters, {
    publicGood: () => shippedRoot('public-good'),
    staging: () => shippedRoot('staging'),
    now: () => new Date(),
  });
  process.stdout.write(output);
  return exitCode;
}
