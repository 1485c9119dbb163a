import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { describe } from 'node:test';
import { buildModelBillOfMaterials } from '../../electron/report/formats/cyclonedx.ts';
import { placeMlflowRuns, renderMlflowRun } from '../../electron/report/formats/mlflow.ts';
import type { RunDocument } from '../../shared/run.ts';
import { readRealRun, renameLayer, withPrepared } from './real-runs.ts';

const run = readRealRun('mobilenetv2');
const noise: RunDocument = {
  ...run,
  data: {
    ...run.data,
    random: true,
    kind: 'random',
    path: null,
    sha256: null,
    calibrationSha256: null,
    evaluationSha256: null,
  },
  accuracy: {
    ...run.accuracy,
    metric: 'agreement',
    before: null,
    after: null,
    difference: null,
    top5: null,
    mcnemar: null,
    metrics: run.accuracy.metrics.filter(({ against }) => against === 'original'),
  },
};

describe('CycloneDX', () => {
  // CycloneDX's own schemas, as its library carries them.
  const readSchema = (name: string) =>
    JSON.parse(
      readFileSync(
        new URL(
          `../../node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`,
          import.meta.url,
        ),
        'utf8',
      ),
    ) as object;
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    const { $id: _publishedId, ...schema } = readSchema(name) as Record<string, unknown>;
    ajv.addSchema(schema, `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  addFormats.default(ajv);
  // Of drafts ajv-formats does not know; nothing of ours depends on them.
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  const validate = ajv.compile(readSchema('bom-1.6'));
  for (const [name, document] of [
    ['a labelled run', run],
    ['a run on noise', noise],
    ['a run with a prepared model', withPrepared(run)],
    ['a layer with an odd name', renameLayer(run, 0, { name: '\u202e"\n' })],
  ] as const) {
    test(`the bill of ${name} is valid against the published schema`, () => {
      const bill = JSON.parse(JSON.stringify(buildModelBillOfMaterials(document))) as object;
      assert.ok(validate(bill), JSON.stringify(validate.errors, null, 2));
    });
  }

  test('a bill with an unknown field or a wrong hash is refused', () => {
    const bill = buildModelBillOfMaterials(run);
    assert.equal(validate({ ...bill, surprise: true }), false);
    assert.equal(validate({ ...bill, serialNumber: 'none' }), false);
  });

  test('it names the model, what it came from and what was measured, by hash and with intervals', () => {
    const text = JSON.stringify(buildModelBillOfMaterials(run));
    for (const part of [
      run.model.compressed.sha256,
      run.model.original.sha256,
      run.data.sha256!,
      'confidenceInterval',
    ]) {
      assert.ok(text.includes(part), part);
    }
    assert.ok(JSON.stringify(buildModelBillOfMaterials(noise)).includes('seeded noise'));
  });
});

/** What MLflow's file store reads: `name: value` lines, each value also JSON. */
function readMeta(content: string): Record<string, unknown> {
  return Object.fromEntries(
    content
      .trimEnd()
      .split('\n')
      .map((line) => {
        const [, name, value] = /^(\w+): (.*)$/.exec(line)!;
        return [name!, JSON.parse(value!) as unknown];
      }),
  );
}

describe('MLflow file store', () => {
  const root = '/lab/mlruns';
  const places = renderMlflowRun(run).map((file) => ({ file, path: join(root, file.path) }));
  const files = new Map(placeMlflowRuns(places, root).map(({ file }) => [file.path, file.content as string]));
  const [runFolder] = [...files.keys()]
    .filter((path) => path.includes('/params/'))
    .map((path) => path.split('/params/')[0]!);

  test('an experiment and a run, each with the fields that MLflow writes', () => {
    const experiment = readMeta(files.get(`${runFolder!.split('/')[0]!}/meta.yaml`)!);
    assert.deepEqual(Object.keys(experiment).sort(), [
      'artifact_location',
      'creation_time',
      'experiment_id',
      'last_update_time',
      'lifecycle_stage',
      'name',
    ]);
    const meta = readMeta(files.get(`${runFolder!}/meta.yaml`)!);
    assert.equal(`${String(meta['experiment_id'])}/${String(meta['run_id'])}`, runFolder);
    assert.equal(meta['run_uuid'], meta['run_id']);
    assert.match(String(meta['run_id']), /^[0-9a-f]{32}$/);
    // RunStatus.FINISHED and SourceType.LOCAL of mlflow.entities.
    assert.equal(meta['status'], 3);
    assert.equal(meta['source_type'], 4);
    assert.equal(meta['lifecycle_stage'], 'active');
    assert.equal(meta['artifact_uri'], `file:///lab/mlruns/${runFolder!}/artifacts`);
  });

  test('each metric is lines of timestamp, value and step', () => {
    const metrics = [...files].filter(([path]) => path.includes('/metrics/'));
    assert.ok(metrics.length > 20);
    for (const [path, content] of metrics) assert.match(content, /^(?:\d{13} -?\d[\d.e+-]* \d+\n)+$/, path);
    const [, value] = files.get(`${runFolder!}/metrics/speedup`)!.split(' ');
    assert.equal(Number(value), run.latency.speedup.ratio);
  });

  test('names are such as MLflow takes; parameters and tags are one bare value each', () => {
    for (const [path, content] of files) {
      const name = /\/(?:params|metrics|tags)\/(.*)$/.exec(path)?.[1];
      if (name === undefined) continue;
      assert.match(name, /^[\w\-. ]+$/, path);
      if (path.includes('/params/')) assert.ok(content.length <= 500 && !content.includes('\n'), path);
    }
    assert.equal(files.get(`${runFolder!}/tags/model.sha256`), run.model.original.sha256);
    assert.equal(files.get(`${runFolder!}/params/recipe`), run.recipe.name);
  });

  test('the document and a report come along as artifacts', () => {
    const content = files.get(`${runFolder!}/artifacts/run-document.json`)!;
    assert.deepEqual(JSON.parse(content), run);
    assert.ok(files.has(`${runFolder!}/artifacts/report.md`));
  });
});
