import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinScenes } from '../../renderer/components/network/join-scenes.ts';
import type { Subject } from '../../renderer/components/network/overlay.ts';
import type { Scene } from '../../renderer/components/network/scene.ts';
import { placeOf, rangeOf, reaches, thresholdOf, valueAt } from '../../renderer/components/network/threshold.ts';
import { faultyFile } from '../../renderer/features/networks/faulty-file.ts';
import { newExperimentRoute } from '../../renderer/route.ts';
import { routeTo } from '../../renderer/route-to-files.ts';

const scale = { mostMs: 4, mostBytes: 2_000_000, precisions: [] };
const figures = {
  ...{ isFloat: false, beforeMs: 2, afterMs: 1, bytesBefore: 40_000, bytesAfter: 10_000, precision: null },
  ...{ sqnrDb: 18, introducedDb: null, saturationDb: null, conversionMs: null },
};
const subject: Subject = { figures, state: 'kept', side: 'after' };
const keeps = (...[overlay, value]: [Parameters<typeof thresholdOf>[0], number]) =>
  reaches(thresholdOf(overlay, String(value))!, overlay, subject);

void test('times and bytes stay from a figure on, speed-ups and decibels up to one', () => {
  assert.deepEqual([keeps('time', 1), keeps('time', 1.01)], [true, false]);
  assert.deepEqual([keeps('bytes', 10), keeps('bytes', 11)], [true, false]);
  assert.deepEqual([keeps('speedup', 2), keeps('speedup', 1.9)], [true, false]);
  assert.deepEqual([keeps('error', 20), keeps('error', 17)], [true, false]);
  // On the side of the original its own time counts.
  assert.ok(reaches({ value: 2, keeps: 'least' }, 'time', { ...subject, side: 'before' }));
  assert.ok(!keeps('alone', 60), 'what nobody measured does not stand out');
});

void test('colours without figures have no threshold, and neither has an address without a number', () => {
  assert.equal(rangeOf('change', scale), null);
  assert.equal(rangeOf('precision', scale), null);
  for (const text of ['', ' ', 'x', '-1', 'NaN', 'Infinity']) assert.equal(thresholdOf('time', text), null, text);
  assert.equal(thresholdOf('change', '1'), null);
});

void test('a slider leads from everything to the largest, and back to where it was', () => {
  const range = rangeOf('time', scale)!;
  assert.deepEqual([valueAt(0, range), valueAt(100, range)], [0, 4]);
  assert.ok(valueAt(50, range) < 2, 'small times have most of it');
  assert.equal(placeOf({ value: valueAt(37, range), keeps: 'least' }, range), 37);
  const odd = { ...range, to: 77.26 };
  assert.ok(valueAt(100, odd) <= odd.to, 'the largest reaches its own threshold');
  assert.equal(placeOf(null, range), 0);
  assert.equal(placeOf(null, rangeOf('error', scale)!), 100);
  assert.equal(placeOf({ value: 99, keeps: 'least' }, { ...range, to: 0 }), 0, 'nothing to choose from');
});

void test('pictures side by side are saved as one', () => {
  const box = { x: 5, y: 7, width: 10, height: 10 } as Scene['shapes'][number]['box'];
  const scene = {
    shapes: [{ box }],
    strokes: [{ points: [[1, 2]] }],
    width: 100,
    height: 50,
  } as unknown as Scene;
  const joined = joinScenes([scene, { ...scene, height: 80 }])!;
  assert.deepEqual([joined.width, joined.height], [240, 80]);
  assert.deepEqual(
    joined.shapes.map((shape) => shape.box.x),
    [5, 145],
  );
  assert.deepEqual(joined.strokes[1]!.points, [[141, 2]]);
  assert.equal(joinScenes([scene]), scene);
  assert.equal(joinScenes([]), null);
});

void test('an error belongs to the file it names', () => {
  const about = (path: string) => new Error(`"${path}" is no ONNX model.`);
  assert.equal(faultyFile(about('/m/a.onnx'), ['/m/a.onnx', '/m/b.onnx']), 0);
  assert.equal(faultyFile(about('/m/b.onnx'), ['/m/a.onnx', '/m/b.onnx']), 1);
  assert.equal(faultyFile(about('/m/a.onnx.old'), ['/m/a.onnx', '/m/a.onnx.old']), 1);
  assert.equal(faultyFile(about('/m/a.onnx'), ['/m/a.onnx', '/m/a.onnx']), null);
  assert.equal(faultyFile(new Error('The engine ended.'), ['/m/a.onnx', '/m/b.onnx']), null);
  assert.equal(faultyFile(null, ['/m/a.onnx', null]), null);
});

void test('two models are compared, wherever they are dropped; one takes the free place', () => {
  const networks = (modelPaths: readonly [string | null, string | null]) =>
    ({ page: 'networks', modelPaths, runIds: [] }) as const;
  assert.deepEqual(routeTo(['/a.onnx', '/b.onnx', '/c.npz'], { page: 'history' }), networks(['/a.onnx', '/b.onnx']));
  assert.deepEqual(routeTo(['/a.onnx'], networks([null, null])), networks(['/a.onnx', null]));
  assert.deepEqual(routeTo(['/a.onnx'], networks(['/x.onnx', null])), networks(['/x.onnx', '/a.onnx']));
  assert.deepEqual(routeTo(['/a.onnx'], networks([null, '/x.onnx'])), networks(['/a.onnx', '/x.onnx']));
  assert.deepEqual(routeTo(['/a.onnx'], { page: 'history' }), { ...newExperimentRoute, modelPath: '/a.onnx' });
  assert.equal(routeTo(['/a.vernier'], { page: 'history' }), null);
});
