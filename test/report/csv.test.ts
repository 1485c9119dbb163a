import { parse } from 'csv-parse/sync';
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildCsvTables, buildLayersTable } from '../../electron/report/formats/csv-tables.ts';
import { renderCsv, type CsvTable } from '../../electron/report/formats/csv.ts';
import { readRealRun, renameLayer } from './real-runs.ts';

const run = readRealRun('mobilenetv2');
const render = (table: CsvTable) => renderCsv(table, { byteOrderMark: false });
const readRows = (text: string) => parse<Record<string, string>>(text, { columns: true });

test('every table comes back as it went in', () => {
  for (const table of buildCsvTables([run])) {
    const text = render(table);
    const rows = readRows(text);
    assert.equal(rows.length, table.rows.length, table.name);
    if (rows.length > 0) assert.deepEqual(Object.keys(rows[0]!), [...table.columns]);
  }
  const [layer] = readRows(render(buildLayersTable([run])));
  assert.equal(layer!['name'], run.layers[0]!.name);
  assert.equal(Number(layer!['latencyBeforeMs']), run.layers[0]!.latencyBeforeMs);
  assert.equal(layer!['outputShape'], '1x32x112x112');
});

test('RFC 4180: lines end in CRLF, cells with commas, quotes or line ends are quoted, quotes doubled', () => {
  const table = { name: 't', columns: ['a', 'b'], rows: [['x,y', 'say "hi"']] };
  assert.equal(render(table), 'a,b\r\n"x,y","say ""hi"""\r\n');
});

test('numbers are plain and whole, unknown values empty, truth lower case', () => {
  const table = { name: 't', columns: ['a', 'b', 'c', 'd'], rows: [[-0.1 - 0.2, null, true, 1e21]] };
  assert.equal(render(table), 'a,b,c,d\r\n-0.30000000000000004,,true,1e+21\r\n');
});

test('a byte order mark only when asked for', () => {
  const table = buildLayersTable([run]);
  assert.ok(!render(table).startsWith('\ufeff'));
  assert.ok(renderCsv(table, { byteOrderMark: true }).startsWith('\ufeffrunId,'));
});

const formulas = [
  '=HYPERLINK("http://x","y")',
  '+1+1',
  '-2+3+cmd|calc',
  '@SUM(A1)',
  '|calc',
  '\t=1',
  '\r=1',
  ' =1',
  '＝1',
  '\ufeff=1',
];
for (const formula of formulas) {
  test(`a spreadsheet takes the name ${JSON.stringify(formula)} for text`, () => {
    const named = renameLayer(run, 0, { name: formula, reason: formula });
    const [row] = readRows(render(buildLayersTable([named])));
    // What a spreadsheet looks at is the first character, or the first that is no blank.
    assert.doesNotMatch(row!['name']!, /^[\s\ufeff]*[=+\-@|＝]/);
    assert.doesNotMatch(row!['reason']!, /^[\s\ufeff]*[=+\-@|＝]/);
  });
}

test('negative numbers stay numbers', () => {
  const [row] = readRows(render(buildLayersTable([renameLayer(run, 0, { sqnrDb: -3.5 })])));
  assert.equal(row?.['sqnrDb'], '-3.5');
});

test('tables of several runs stay apart by the run id', () => {
  const other = readRealRun('resnet8-auto');
  const rows = readRows(render(buildLayersTable([run, other])));
  assert.deepEqual([...new Set(rows.map((row) => row['runId']))], [run.runId, other.runId]);
});
