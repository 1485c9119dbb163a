import { Ajv2020 } from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { renderExport } from '../../electron/report/render-export.ts';
import { renderSchema, schemaPath } from '../../scripts/write-schema.ts';
import { exportOptionsSchema } from '../../shared/report-options.ts';
import { makeFailedRun, readRealRun } from './real-runs.ts';

const published = readFileSync(schemaPath, 'utf8');
const validate = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(published) as object,
);

test('the published schema is the one that is checked by (else: npm run schema)', async () => {
  assert.equal(published, await renderSchema());
});

for (const [name, document] of [
  ['finished', readRealRun('mobilenetv2')],
  ['failed', makeFailedRun()],
] as const) {
  test(`the JSON export of a ${name} run is valid against it`, async () => {
    const { files } = await renderExport([document], exportOptionsSchema.parse({ format: 'json' }));
    const exported = JSON.parse(files[0]!.content as string) as unknown;
    assert.ok(validate(exported), JSON.stringify(validate.errors, null, 2));
    assert.deepEqual(exported, document);
  });
}

test('a document that is none is refused', () => {
  assert.equal(validate({ ...readRealRun('mobilenetv2'), ledger: 'none' }), false);
  assert.equal(validate({ ...readRealRun('mobilenetv2'), schemaVersion: 4 }), false);
});
