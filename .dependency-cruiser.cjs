// Layers (docs/architecture.md): shared <- engine <- store|report|worker <- host <- main|cli|serve; renderer imports only shared.
const layer = (name, path, allowed) => ({
  name,
  severity: 'error',
  from: { path },
  to: { path: '^(electron|renderer|shared)/', pathNot: [path, ...allowed].map((p) => p) },
});
const engine = '^electron/engine/';
const jobs = '(compress|prove|measure-again|inspect|plan-model|bench|preview|diff|network)\\.ts$';
const support = '(onnx|graph|tensor|data|runtime|files|job)/';
const schemesInWords = `${engine}schemes/([^/]+/describe|descriptions)\\.ts$`;
/** The numbers of the phases are the order of imports. */
const phase = (number) => ({
  name: `phase-${number}-imports-no-later-phase`,
  severity: 'error',
  from: { path: `${engine}${number}-` },
  to: { path: `${engine}([${number + 1}-9]-|[^/]+\\.ts$)` },
});
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    layer('shared-is-the-bottom', '^shared/', [schemesInWords]),
    {
      // Pages and terminals read them, which cannot load a scheme's code (ADR 48).
      name: 'words-of-schemes-are-words',
      severity: 'error',
      from: { path: schemesInWords },
      to: { pathNot: [schemesInWords, '^shared/(scheme-description|engine-texts/text-table)\\.ts$'] },
    },
    layer('engine-imports-shared', '^electron/engine/', ['^shared/']),
    layer('store-imports-engine', '^electron/store/', ['^shared/', '^electron/engine/']),
    layer('report-imports-engine', '^electron/report/', ['^shared/', '^electron/engine/']),
    layer('worker-imports-engine', '^electron/worker/', ['^shared/', '^electron/engine/']),
    layer('lab-imports-worker-report', '^electron/lab/', [
      '^shared/',
      '^electron/engine/',
      '^electron/worker/',
      '^electron/report/',
    ]),
    layer('host-imports-store-worker-report', '^electron/host/', [
      '^shared/',
      '^electron/engine/',
      '^electron/store/',
      '^electron/worker/',
      '^electron/report/',
      '^electron/lab/',
    ]),
    layer('preload-imports-shared', '^electron/preload/', ['^shared/']),
    layer('renderer-imports-shared', '^renderer/', ['^shared/']),
    {
      name: 'hosts-do-not-import-each-other',
      severity: 'error',
      from: { path: '^electron/(main|cli|serve)/' },
      // `vernier serve` starts the browser host.
      to: { path: '^electron/(main|cli)/', pathNot: '^electron/$1/' },
    },
    {
      name: 'renderer-features-are-separate',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/', pathNot: '^renderer/features/$1/' },
    },
    ...[1, 2, 3, 4, 5, 6, 7].map(phase),
    {
      name: 'only-jobs-at-the-root-of-the-engine',
      severity: 'error',
      from: {},
      to: { path: `${engine}[^/]+$`, pathNot: engine + jobs },
    },
    {
      name: 'support-folders-import-no-phase',
      severity: 'error',
      from: { path: engine + support },
      to: { path: engine, pathNot: engine + support },
    },
    {
      // A scheme makes nodes of a plan; it neither measures nor searches.
      name: 'schemes-use-the-first-four-phases',
      severity: 'error',
      from: { path: `${engine}schemes/` },
      to: { path: `${engine}([5-9]-|metrics/|[^/]+\\.ts$)` },
    },
    {
      name: 'metrics-import-no-phase',
      severity: 'error',
      from: { path: `${engine}metrics/` },
      to: { path: `${engine}([1-9]-|schemes/|[^/]+\\.ts$)` },
    },
    {
      name: 'one-door-to-onnxruntime',
      severity: 'error',
      from: { path: '^(electron|shared)/', pathNot: '^electron/engine/runtime/' },
      to: { path: 'node_modules/onnxruntime-node' },
    },
    {
      name: 'sqlite-only-in-the-store',
      severity: 'error',
      from: { path: '^(electron|shared)/', pathNot: '^electron/store/' },
      to: { path: 'node_modules/better-sqlite3' },
    },
    {
      name: 'one-door-to-the-lab-server',
      severity: 'error',
      from: { path: '^(electron|shared)/', pathNot: '^electron/lab/' },
      to: { path: 'node_modules/@nats-io' },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(node:)?(electron|sqlite|test)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
