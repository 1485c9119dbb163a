import type { Command } from 'commander';
import { diffStates, type ModelDiff, type NodeDifference } from '../../../shared/model-diff.ts';
import { formatBytes, formatCount } from '../../../shared/units.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import {
  addCommonOptions,
  addLimitOptions,
  limitsOf,
  resolvePath,
  type CommonOptions,
  type LimitOptions,
} from '../options.ts';
import { emphasize, printJson, printText } from '../output.ts';
import { renderTable, renderTitle } from '../tables.ts';
import { withOneLineTexts } from '../terminal-text.ts';

interface DiffOptions extends CommonOptions, LimitOptions {
  readonly all?: true;
}

function describeNode({ state, into, changes, before, after }: NodeDifference): string {
  switch (state) {
    case 'folded':
      return into === null ? 'into a constant' : `into ${into}`;
    case 'replaced':
      return [...(before!.name === after!.name ? [] : [`now ${after!.name}`]), ...changes].join('; ');
    case 'kept':
    case 'removed':
    case 'inserted':
      return '';
  }
}

/** "42 x QuantizeLinear, 17 x DequantizeLinear": the most frequent first. */
function listOperators(counts: Readonly<Record<string, number>> = {}): string {
  return Object.entries(counts)
    .map(([opType, count]) => `${count} x ${opType}`)
    .join(', ');
}

/** Modules are told apart as deep as this many of them. */
const mostModules = 40;

/** Nodes by the modules that hold them, as deep as fits; nothing where names tell of none. */
function renderModules(nodes: readonly NodeDifference[]): string[] {
  const deepest = nodes.reduce((most, { path }) => Math.max(most, path.length), 0);
  let groups = new Map<string, NodeDifference[]>();
  for (let depth = 1; depth <= deepest; depth++) {
    const finer = new Map<string, NodeDifference[]>();
    for (const node of nodes) {
      const name = node.path.slice(0, depth).join('/');
      finer.set(name, [...(finer.get(name) ?? []), node]);
    }
    if (groups.size > 0 && finer.size > mostModules) break;
    groups = finer;
  }
  if (groups.size < 2) return [];
  const listed = [...groups].slice(0, mostModules);
  const table = renderTable(
    [{ title: 'module', fill: true }, ...diffStates.map((state) => ({ title: state, align: 'right' as const }))],
    listed.map(([name, members]) => [
      name === '' ? '(no module)' : name,
      ...diffStates.map((state) => {
        const count = members.filter((node) => node.state === state).length;
        return count === 0 ? '' : formatCount(count);
      }),
    ]),
  );
  const left = groups.size - listed.length;
  return [renderTitle('By module'), table, ...(left > 0 ? [`And ${formatCount(left)} more modules.`] : [])];
}

export function renderDiff(diff: ModelDiff, all: boolean): string {
  const { models, counts, nodes } = diff;
  // Kept and inserted nodes say all they have to say as a count.
  const listed = nodes.filter(({ state }) => all || (state !== 'kept' && state !== 'inserted'));
  const lines = [
    ...models.map(
      ({ path, sizeBytes, opset, nodes: count }, index) =>
        `${index === 0 ? 'first ' : 'second'}   ${emphasize(path)}  ${formatBytes(sizeBytes)}, opset ${opset}, ${formatCount(count)} nodes`,
    ),
    '',
    renderTable(
      [{ title: 'nodes' }, { title: 'count', align: 'right' }, { title: 'operators', fill: true }],
      diffStates.map((state) => [state, formatCount(counts[state]), listOperators(diff.operators[state])]),
    ),
    ...diff.interface,
  ];
  if (counts.kept + counts.replaced === 0) lines.push('The models have nothing in common.');
  lines.push(...renderModules(nodes));
  if (listed.length === 0) return lines.join('\n');
  return [
    ...lines,
    renderTitle(all ? 'Every node' : 'What changed'),
    renderTable(
      [{ title: 'node', fill: true }, { title: 'op' }, { title: 'is' }, { title: 'how', fill: true }],
      listed.map((node) => [
        (node.before ?? node.after)!.name,
        (node.before ?? node.after)!.opType,
        node.state,
        describeNode(node),
      ]),
    ),
  ].join('\n');
}

async function diff(first: string, second: string, options: DiffOptions): Promise<ExitCode> {
  const modelPaths = [resolvePath(first), resolvePath(second)] as const;
  for (const path of modelPaths) await assertMayBeModel(path);
  const found = await withInterrupt((signal) =>
    runEngineJob({ kind: 'diff', modelPaths }, { signal, onEvent: () => undefined, ...limitsOf(options) }),
  );
  if (options.json === true) printJson(found);
  else printText(renderDiff(withOneLineTexts(found), options.all === true));
  return exitCodes.done;
}

export function addDiffCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('diff')
    .summary('compare the graphs of two models, node by node')
    .description(
      'Compares the graphs of A and B without running them. Shows which nodes were kept, replaced (another operator, ' +
        'attribute or weight, or integers instead of floats), folded into others, removed or inserted. Records nothing.',
    )
    .argument('<a>', 'the .onnx file to compare with')
    .argument('<b>', 'the .onnx file made from it')
    .option('--all', 'also list kept and inserted nodes');
  addLimitOptions(command, '30, and more for large files');
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  vernier diff model.onnx model.int8.onnx\n  vernier diff model.onnx model.int8.onnx --json > diff.json',
    )
    .action(async (first: string, second: string, options: DiffOptions) =>
      setExitCode(await diff(first, second, options)),
    );
}
