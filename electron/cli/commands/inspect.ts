import type { Command } from 'commander';
import type { DataPreview } from '../../../shared/contract/results.ts';
import type { Inspection } from '../../../shared/inspection.ts';
import { formatBytes, formatCount, formatShape } from '../../../shared/units.ts';
import { assertMayBeModel } from '../../engine/onnx/read-model.ts';
import { runEngineJob } from '../../worker/engine-client.ts';
import { renderData } from '../data-view.ts';
import { exitCodes, type ExitCode } from '../exit-code.ts';
import { withInterrupt } from '../interrupt.ts';
import { renderNotes } from '../notes.ts';
import {
  addCommonOptions,
  addDimOption,
  addLimitOptions,
  limitsOf,
  resolvePath,
  type CommonOptions,
  type LimitOptions,
} from '../options.ts';
import { addPreviewOptions, buildDataRequest, type DataOptions } from '../run-options.ts';
import { emphasize, printJson, printText } from '../output.ts';
import { toOneLine, withOneLineTexts } from '../terminal-text.ts';
import { renderTable, renderTitle } from '../tables.ts';

interface InspectOptions extends CommonOptions, LimitOptions, DataOptions {
  readonly dim: Readonly<Record<string, number>>;
}

function describeValues(values: Inspection['model']['inputs']): string {
  return values
    .map(({ name, dataType, dims, anyShape }) => `${name} ${dataType} ${formatShape(anyShape ? null : dims)}`)
    .join(', ');
}

export function renderInspection(inspection: Inspection, data: DataPreview | null = null): string {
  const { model, totals, layers, constants, diagnostics } = inspection;
  const dims = Object.entries(inspection.dims).map(([name, value]) => `${toOneLine(name)}=${value}`);
  const parts = [
    `${emphasize(model.path)}  ${formatBytes(model.sizeBytes)}, opset ${model.opset}${model.producer === '' ? '' : `, from ${model.producer}`}`,
    `inputs   ${describeValues(model.inputs)}`,
    `outputs  ${describeValues(model.outputs)}`,
    ...(dims.length === 0 ? [] : [`with     ${dims.join(', ')}`]),
    renderTitle('Layers'),
    renderTable(
      [
        { title: 'layer', fill: true },
        { title: 'op' },
        { title: 'output', leaveOut: 3 },
        { title: 'parameters', align: 'right', leaveOut: 1 },
        { title: 'bytes', align: 'right' },
        { title: 'MACs', align: 'right', leaveOut: 2 },
        { title: 'int8' },
        { title: 'note', fill: true },
      ],
      layers.map((layer) => [
        layer.name,
        layer.opType,
        formatShape(layer.outputShape),
        formatCount(layer.parameters),
        formatBytes(layer.bytes),
        formatCount(layer.macs),
        layer.quantizable ? 'yes' : 'no',
        layer.reason,
      ]),
    ),
    renderTitle('Totals'),
    `nodes       ${formatCount(totals.nodes)}${constants.length === 0 ? '' : ` (${formatCount(constants.length)} of them constants, listed by --json)`}, ` +
      `${formatCount(totals.quantizableNodes)} of them can be int8`,
    `parameters  ${formatCount(totals.parametersDeduplicated)}` +
      (totals.parameters === totals.parametersDeduplicated
        ? ''
        : ` (${formatCount(totals.parameters)} counting tied weights at every node that uses them)`),
    `MACs        ${formatCount(totals.macs)} per inference`,
    `stored      ${formatBytes(totals.storedBytes)} (MB = 10^6 bytes)`,
  ];
  const notes = [...(data?.warnings ?? []), ...(data?.notes ?? []).map((message) => ({ message, code: '' }))];
  const ofData = notes.map(({ code, message }) => ({
    severity: code === '' ? ('info' as const) : ('warning' as const),
    code,
    message,
    node: null,
  }));
  return [...parts, ...(data === null ? [] : renderData(data)), ...renderNotes([...diagnostics, ...ofData])].join('\n');
}

async function inspect(model: string, options: InspectOptions): Promise<ExitCode> {
  const modelPath = resolvePath(model);
  await assertMayBeModel(modelPath);
  const inspection = await withInterrupt((signal) =>
    runEngineJob(
      { kind: 'inspect', modelPath, dims: options.dim },
      { signal, onEvent: () => undefined, ...limitsOf(options) },
    ),
  );
  const data =
    options.data === undefined
      ? null
      : await withInterrupt((signal) =>
          runEngineJob(
            { kind: 'preview', modelPath, data: buildDataRequest(options, false), dims: options.dim },
            { signal, onEvent: () => undefined, ...limitsOf(options) },
          ),
        );
  // Pictures are for a window.
  const names = data?.examples.map(({ name, label }) => ({ name, label }));
  if (options.json === true)
    printJson(data === null ? inspection : { ...inspection, data: { ...data, examples: names } });
  else printText(renderInspection(withOneLineTexts(inspection), data));
  return exitCodes.done;
}

export function addInspectCommand(program: Command, setExitCode: (code: ExitCode) => void): void {
  const command = program
    .command('inspect')
    .summary("show a model's layers, parameters and MACs, and what can be quantized")
    .description(
      'Lists the layers of MODEL with shapes, parameters and MACs, and says which can be quantized and why the others cannot. ' +
        'With --data it shows what the model is going to be fed. ' +
        'Changes and records nothing.',
    )
    .argument('<model>', 'an .onnx file');
  addPreviewOptions(command);
  addDimOption(command);
  addLimitOptions(command, '30, and more for large files');
  addCommonOptions(command)
    .addHelpText(
      'after',
      '\nExamples:\n  vernier inspect model.onnx --dim batch=1\n  vernier inspect bert.onnx --data reviews.csv',
    )
    .action(async (model: string, options: InspectOptions) => setExitCode(await inspect(model, options)));
}
