// Checks the layer rules and refuses to be green when it did not see every source file.
import { existsSync, globSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import config from '../.dependency-cruiser.mjs';

const roots = ['app', 'components', 'lib', 'instrumentation.ts', 'proxy.ts'].filter((path) =>
  existsSync(path),
);

/** @returns {Promise<{ violations: string[], missed: string[], seen: number }>} */
export async function checkLayers() {
  const { output } = await cruise(
    roots,
    { ...config.options, validate: true, ruleSet: { forbidden: config.forbidden } },
    {},
    {},
  );
  const seen = new Set(output.modules.map(({ source }) => source));
  const files = globSync('{app,components,lib}/**/*.{ts,tsx}').filter(
    (file) => !file.endsWith('.d.ts'),
  );
  return {
    violations: output.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}\n    ${from} → ${to}`,
    ),
    missed: files.filter((file) => !seen.has(file)),
    seen: files.length,
  };
}

if (import.meta.main) {
  const { violations, missed, seen } = await checkLayers();
  for (const violation of violations) console.error(`✘ ${violation}`);
  for (const file of missed) console.error(`✘ not seen by the layer lint: ${file}`);
  if (violations.length + missed.length > 0) process.exit(1);
  console.log(`layers: ${seen} modules, no violation`);
}
