/**
 * The architecture, as a lint: each layer and what it may import. What is not listed is refused.
 * A stage never imports another stage: what passes between stages is a type in `lib/model`.
 */
const stages = ['lib/inventory', 'lib/resolve', 'lib/verify', 'lib/policy', 'lib/posture'];
const base = ['lib/errors.ts', 'lib/model'];
const server = [
  'lib/contract',
  'lib/review',
  'lib/posture',
  'lib/ports',
  'lib/wiring',
  'lib/config',
  'lib/log.ts',
  ...base,
];

const layers = {
  'lib/model': [],
  'lib/errors.ts': ['lib/model'],
  'lib/log.ts': [],
  'lib/contract': ['lib/model'],
  'lib/ports': ['lib/model', 'lib/contract'],
  'lib/config': base,
  ...Object.fromEntries(stages.map((stage) => [stage, ['lib/ports', ...base]])),
  'lib/scan': [...stages, 'lib/contract', 'lib/ports', 'lib/log.ts', ...base],
  'lib/review': ['lib/policy', 'lib/contract', 'lib/ports', 'lib/log.ts', ...base],
  'lib/adapters': ['lib/contract', 'lib/ports', 'lib/log.ts', ...base],
  'lib/wiring': [
    'lib/config',
    'lib/contract',
    'lib/ports',
    'lib/log.ts',
    'lib/adapters',
    'lib/scan',
    'lib/review',
    'lib/verify',
    ...base,
  ],
  'lib/lab': ['lib/log.ts', ...base],
  'lib/api': server,
  'lib/cli': [...server, 'lib/api', 'lib/lab', 'lib/scan', 'lib/resolve', 'lib/verify'],
  'lib/query': ['lib/contract', 'lib/model'],
  'components/ui': [],
  components: ['lib/query', 'lib/contract', 'lib/model'],
  app: ['components', 'lib/api', 'lib/contract', 'lib/model', 'lib/query'],
  'instrumentation.ts': ['lib/wiring', 'lib/scan'],
  'proxy.ts': [],
};

/** Third-party packages that belong to one layer only. */
const owners = {
  '@kubernetes/client-node': 'lib/adapters/kubernetes',
  '@sigstore/(verify|bundle|core)': 'lib/(verify|lab)',
  'tuf-js': 'lib/adapters/trust',
  '@sigstore/(mock|sign)': 'lib/lab',
  '@bufbuild/cel|@jmespath-community/jmespath': 'lib/policy',
  'kysely|pg|pg-boss|@electric-sql/pglite': 'lib/adapters/(store|queue)',
  undici: 'lib/(adapters|cli)',
  '@tanstack/react-query': '(lib/query|app)',
  next: '(app|lib/api|components|instrumentation|proxy)',
  react: '(app|components|lib/query)',
};

const anchored = (path) =>
  path.endsWith('.ts') ? `^${path.replaceAll('.', '[.]')}$` : `^${path}/`;
const tests = '[.]test[.]tsx?$';

export default {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphan-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer} imports only ${allowed.join(', ') || 'itself'}`,
      severity: 'error',
      from: {
        path: anchored(layer),
        pathNot: [tests, ...(layer === 'components' ? ['^components/ui/'] : [])],
      },
      to: {
        path: '^(app|components|lib|tests|e2e)/|^instrumentation|^proxy',
        pathNot: [layer, ...allowed].map(anchored).concat('[.]css$'),
      },
    })),
    ...Object.entries(owners).map(([pkg, layer]) => ({
      name: `${pkg} only in ${layer}`,
      severity: 'error',
      from: {
        path: '^(app|components|lib)/|^instrumentation|^proxy',
        pathNot: [`^${layer}`, tests],
      },
      to: { path: `(^|node_modules/)(${pkg})(/|$)` },
    })),
    {
      name: 'every file in lib has a layer',
      severity: 'error',
      from: { path: '^lib/', pathNot: Object.keys(layers).map(anchored) },
      to: {},
    },
    {
      name: 'core does no I/O',
      severity: 'error',
      from: {
        path: '^lib/(model|inventory|resolve|verify|policy|posture|scan|review|contract|query)/',
        // The entry of a worker thread is the one place where a stage meets its port to the pool.
        pathNot: [tests, '^lib/scan/verify-worker[.]ts$'],
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'the browser sees no node built-in',
      severity: 'error',
      from: { path: '^(lib/(model|contract|query)|components)/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '[.]css$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js'],
    },
  },
};
