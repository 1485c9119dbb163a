import assert from 'node:assert/strict';
import test from 'node:test';
import { renderPdf } from '../../electron/report/formats/pdf.ts';
import type { Block, ReportDocument } from '../../electron/report/report-document.ts';
import { readPdf } from './read-pdf.ts';

/** A report with so many lines above a section that holds this block. */
function makeReport(lineCount: number, block: Block): ReportDocument {
  return {
    language: 'en',
    pageSize: 'A4',
    kind: 'Test report',
    title: 'model.onnx',
    subtitle: 'made for a test',
    createdTimestampMs: 0,
    author: 'Vernier',
    keywords: [],
    sections: [
      {
        id: 'above',
        title: 'Above',
        blocks: Array.from({ length: lineCount }, () => ({ kind: 'list', items: ['-'] })),
      },
      { id: 'table', title: 'Heading', blocks: [{ kind: 'paragraph', text: 'Introduction' }, block] },
    ],
    longTable: null,
    labels: { contents: 'Contents', page: (page) => `Page ${page}`, moreRows: () => '' },
  };
}

const rowNames = (count: number) => Array.from({ length: count }, (_, index) => `row${index + 1}.`);

const tableOf = (count: number, rowText = ''): Block => ({
  kind: 'table',
  columns: [{ title: 'Column', fill: 1 }],
  rows: rowNames(count).map((name) => [`${name} ${rowText}`]),
});

/** What each page holds: of the rows how many, and whether heading and head of the table. */
async function readPages(report: ReportDocument, rowCount: number) {
  return readPdf(await renderPdf(report)).pages.map(({ text }) => ({
    rows: rowNames(rowCount).filter((name) => text.includes(name)).length,
    heading: text.includes('Heading'),
    introduction: text.includes('Introduction'),
    head: text.includes('Column'),
  }));
}

// One line more above each time: the break comes to every place of the table.
const placesOfBreak = Array.from({ length: 24 }, (_, index) => 14 + index);

test('a table goes over the page between rows, with at least three on either side and its head repeated', async () => {
  let brokenCount = 0;
  for (const lineCount of placesOfBreak) {
    const pages = (await readPages(makeReport(lineCount, tableOf(12)), 12)).filter(({ rows }) => rows > 0);
    assert.equal(
      pages.reduce((sum, { rows }) => sum + rows, 0),
      12,
    );
    for (const { rows, head } of pages) {
      assert.ok(rows >= 3, `below ${lineCount} lines ${rows} of 12 rows stand alone`);
      assert.ok(head, `below ${lineCount} lines rows have no head`);
    }
    if (pages.length > 1) brokenCount += 1;
  }
  assert.ok(brokenCount >= 6, 'no table was long enough to break');
});

test('a heading, its text and the first rows are on one page', async () => {
  for (const [rowText, blocks] of [
    ['short', tableOf(9, 'short')],
    ['wrapped', tableOf(9, 'goes over the line '.repeat(12))],
    ['facts', { kind: 'facts', facts: rowNames(9).map((label) => ({ label, value: 'value' })) }],
    ['definitions', { kind: 'definitions', items: rowNames(9).map((name) => [name, 'means something '.repeat(9)]) }],
  ] satisfies [string, Block][]) {
    for (const lineCount of placesOfBreak) {
      const pages = await readPages(makeReport(lineCount, blocks), 9);
      const withHeading = pages.find(({ heading }) => heading)!;
      const where = `${rowText} below ${lineCount} lines`;
      assert.ok(withHeading.introduction, `${where}: text without its heading`);
      assert.ok(withHeading.rows >= 3, `${where}: ${withHeading.rows} rows below the heading`);
    }
  }
});

test('a table of up to five rows stays whole', async () => {
  for (const lineCount of placesOfBreak) {
    const pages = await readPages(makeReport(lineCount, tableOf(5)), 5);
    assert.deepEqual(
      pages.map(({ rows }) => rows).filter((rows) => rows > 0),
      [5],
    );
  }
});
