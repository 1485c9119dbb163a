import type { DataPreview, TextExample } from '../../shared/contract/results.ts';
import { formatCount, formatShape } from '../../shared/units.ts';
import { emphasize } from './output.ts';
import { renderTable, renderTitle } from './tables.ts';
import { toOneLine } from './terminal-text.ts';
import { textWidth, wrapText } from './wrap-text.ts';

const kinds: Readonly<Record<DataPreview['kind'], string>> = {
  images: 'images',
  arrays: 'arrays',
  texts: 'texts',
  'onnx-test-data': 'ONNX test data',
  random: 'random noise',
  none: 'none',
};

function renderText({ name, text, label, tokens, length }: TextExample): string {
  const shown = tokens.map(toOneLine).join(' | ');
  const facts = [`${formatCount(length)} tokens`, ...(label === null ? [] : [`class ${toOneLine(label)}`])];
  return [
    `${emphasize(toOneLine(name))}  ${facts.join(', ')}`,
    wrapText(toOneLine(text.replaceAll(/\s*\n\s*/g, ' ⏎ ')), textWidth()),
    wrapText(tokens.length < length ? `${shown} | …` : shown, textWidth()),
  ].join('\n');
}

/** What a model is going to be fed. */
export function renderData(data: DataPreview): string[] {
  const classes = data.classes === null ? '' : ` of ${formatCount(data.classes)} classes`;
  const labels = data.labelled ? `, labelled${classes}` : '';
  return [
    renderTitle('Data'),
    `${formatCount(data.count)} samples (${kinds[data.kind]})${labels}`,
    ...(data.task === null ? [] : [wrapText(data.task, textWidth())]),
    ...data.texts.map(renderText),
    renderTable(
      [
        { title: 'first sample', fill: true },
        { title: 'type' },
        { title: 'shape' },
        { title: 'min', align: 'right' },
        { title: 'mean', align: 'right' },
        { title: 'max', align: 'right' },
      ],
      data.arrays.map(({ name, dataType, dims, min, mean, max }) => [
        toOneLine(name),
        dataType,
        formatShape(dims),
        ...[min, mean, max].map((value) => String(Number(value.toPrecision(4)))),
      ]),
    ),
  ];
}
