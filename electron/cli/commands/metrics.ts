import type { Command } from 'commander';
import type { MetricName } from '../../../shared/metric-row.ts';
import { emphasize, printJson, printText } from '../output.ts';
import { textWidth, wrapText } from '../wrap-text.ts';

const units: Readonly<Record<MetricName['unit'], string>> = {
  share: 'a share; limits are in points',
  dB: 'in dB',
  '': 'a number',
};

function renderMetric({ metric, label, definition, unit, higherIsBetter }: MetricName): string {
  const better = higherIsBetter ? 'higher' : 'lower';
  const lines = [`${label} (${units[unit]}, ${better} is better).`, definition]
    .map((text) => wrapText(text, textWidth() - 2))
    .join('\n');
  return `${emphasize(metric)}\n${lines.replaceAll(/^/gm, '  ')}`;
}

export function addMetricsCommand(program: Command): void {
  program
    .command('metrics')
    .summary('list the figures that a run can have')
    .description(
      'Lists every figure that models can be compared by, with the name that --max-drop takes. Which of them a run has ' +
        'depends on the model and its data; docs/data.md says on what.',
    )
    .option('--json', 'print one JSON document to stdout, and nothing else')
    .addHelpText('after', '\nExample:\n  vernier metrics')
    .action(async ({ json }: { readonly json?: true }) => {
      const { metricNames } = await import('../../engine/metrics/all.ts');
      if (json === true) printJson(metricNames);
      else printText(metricNames.map(renderMetric).join('\n'));
    });
}
