import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { latencySchema } from '../../../shared/latency.ts';
import { measureModels, type LatencyBlock, type LatencyOptions } from '../../../electron/engine/5-measure/latency.ts';
import { measureLatency, splitSpeedup } from '../../../electron/engine/5-measure/run-latency.ts';
import { spawnNodeChild, type ChildHandle, type SpawnChild } from '../../../electron/engine/runtime/child-process.ts';
import { encodeTinyModel, makeMatMulChain, makeTensor } from './tiny-models.ts';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** `spawnNodeChild` that remembers what it started. */
function createRecordingSpawn(): { spawn: SpawnChild; children: ChildHandle[] } {
  const children: ChildHandle[] = [];
  const spawn: SpawnChild = (entry, name) => {
    const child = spawnNodeChild(entry, name);
    children.push(child);
    return child;
  };
  return { spawn, children };
}

suite('latency', () => {
  let folder: string;
  let shortPath: string;
  let longPath: string;
  const feeds = { input: makeTensor([2, 8], new Float32Array(16).fill(0.5)) };
  const quick = {
    threads: 1,
    feeds,
    minIterations: 20,
    minSeconds: 0.05,
    maxSeconds: 4,
  } satisfies Partial<LatencyOptions>;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vernier-latency-'));
    shortPath = join(folder, 'short.onnx');
    longPath = join(folder, 'long.onnx');
    writeFileSync(shortPath, encodeTinyModel(makeMatMulChain(2)));
    writeFileSync(longPath, encodeTinyModel(makeMatMulChain(40)));
  });
  after(() => rmSync(folder, { recursive: true }));

  const models = () => ({ before: longPath, prepared: null, after: shortPath });
  const variants = () =>
    [
      { name: 'before', modelPath: longPath },
      { name: 'after', modelPath: shortPath },
    ] as const;

  test('gives both sides, the paired speed-up and the resolution of this machine', async () => {
    const { spawn, children } = createRecordingSpawn();
    const blocks: LatencyBlock[] = [];
    const onBlock = (block: LatencyBlock) => blocks.push(block);
    const latency = await measureLatency({ ...quick, models: models(), aaControl: true, spawn, onBlock });

    assert.deepEqual(latencySchema.parse(latency), latency, 'it is what the run document stores');
    assert.deepEqual(latency.inputDims, { input: [2, 8] });
    assert.equal(latency.batchSize, 2);
    for (const side of [latency.before, latency.after]) {
      assert.equal(side.samplesMs.length, side.count);
      assert.ok(side.count >= 20);
      assert.ok(side.medianMs > 0 && side.medianMs <= side.p90Ms && side.p90Ms <= side.p95Ms);
      assert.ok(side.sessionLoadMs > 0);
      assert.ok(side.peakMemoryBytes > 20e6 && side.peakMemoryBytes < 1e9, `${side.peakMemoryBytes} bytes`);
      assert.equal(side.p99Ms === null, side.count < 1000);
    }
    assert.ok(latency.processorShare! > 0 && latency.processorShare! < 2, `${latency.processorShare} at 1 thread`);
    const { speedup, resolution } = latency;
    assert.ok(speedup.ci95[0] <= speedup.ratio && speedup.ratio <= speedup.ci95[1]);
    assert.ok(resolution !== null && resolution.ci95[0] <= resolution.ratio && resolution.ratio <= resolution.ci95[1]);
    assert.equal(children.length, 3, 'before, after and the control, each its own process');
    for (const child of children) assert.ok(!isRunning(child.pid!), 'no process is left behind');

    const of = (variant: string) => blocks.filter((block) => block.variant === variant);
    assert.ok(of('before').length >= 10 && of('before').length % 2 === 0);
    assert.equal(of('after').length, of('before').length);
    assert.equal(of('control').length, of('before').length);
    assert.deepEqual(
      of('before').flatMap((block) => block.samplesMs),
      latency.before.samplesMs,
    );
    assert.equal(blocks.at(-1)!.doneShare, 1);
  });

  test('interleaves: every second round runs backwards, and the order rotates', async () => {
    const order: string[] = [];
    const onBlock = (block: LatencyBlock) => order.push(block.variant);
    await measureLatency({ ...quick, models: models(), spawn: spawnNodeChild, onBlock });
    assert.equal(
      order
        .slice(0, 12)
        .map((name) => name[0])
        .join(''),
      'b a a b a b b a b a a b'.replaceAll(' ', ''),
    );
  });

  test('times the float model as prepared in turns with both, and splits the speed-up into what each step does', async () => {
    const { spawn, children } = createRecordingSpawn();
    const order: string[] = [];
    const latency = await measureLatency({
      ...quick,
      models: { before: longPath, prepared: shortPath, after: shortPath },
      aaControl: true,
      spawn,
      onBlock: ({ variant }) => order.push(variant),
    });
    assert.deepEqual(latencySchema.parse(latency), latency);
    assert.equal(children.length, 4, 'before, prepared, after and the control');
    assert.deepEqual(order.slice(0, 8), [
      ...['before', 'prepared', 'after', 'control'],
      ...['control', 'after', 'prepared', 'before'],
    ]);
    assert.equal(latency.prepared!.samplesMs.length, latency.prepared!.count);
    const { folding, compression } = latency.speedupParts!;
    const product = folding.ratio * compression.ratio;
    assert.ok(Math.abs(product / latency.speedup.ratio - 1) < 1e-9, 'the parts make up the whole');
    for (const { ratio, ci95 } of [folding, compression]) assert.ok(ci95[0] <= ratio && ratio <= ci95[1]);
    assert.ok(folding.ratio > compression.ratio, 'the second step did nothing');
  });

  test('parts that contradict the whole are moved by the same factor, with their intervals', () => {
    const parts = splitSpeedup(2.34, { ratio: 2.63, ci95: [2.45, 3.11] }, { ratio: 0.83, ci95: [0.76, 0.95] });
    const factor = Math.sqrt(2.34 / (2.63 * 0.83));
    assert.ok(Math.abs(parts.folding.ratio * parts.compression.ratio - 2.34) < 1e-9);
    assert.ok(Math.abs(parts.folding.ci95[1] - 3.11 * factor) < 1e-9);
    assert.ok(Math.abs(parts.compression.ci95[0] - 0.76 * factor) < 1e-9);
  });

  test('measures one model alone and many against the first', async () => {
    const alone = await measureModels({ ...quick, variants: variants().slice(0, 1), spawn: spawnNodeChild });
    assert.equal(alone.models[0]!.speedup, null);
    assert.equal(alone.resolution, null);
    const three = [...variants(), { name: 'again', modelPath: longPath }];
    const many = await measureModels({ ...quick, maxSeconds: 2, variants: three, spawn: spawnNodeChild });
    assert.deepEqual(
      many.models.map((model) => model.name),
      ['before', 'after', 'again'],
    );
    assert.deepEqual(
      many.models.map((model) => model.speedup === null),
      [true, false, false],
    );
    assert.ok(many.pairCount >= 10);
  });

  test('does not count the size of the engine as memory of the model', async () => {
    const ballast = Buffer.alloc(600e6, 1);
    const { models } = await measureModels({ ...quick, variants: variants().slice(0, 1), spawn: spawnNodeChild });
    assert.ok(models[0]!.side.peakMemoryBytes < 400e6, `${models[0]!.side.peakMemoryBytes} bytes`);
    assert.equal(ballast[ballast.length - 1], 1);
  });

  test('a cancel ends every process at once, runs nothing more, and is over sooner than the start was', async () => {
    const abort = new AbortController();
    const children: ChildHandle[] = [];
    const killed = new Set<ChildHandle>();
    let askedAfterCancel = 0;
    const spawn: SpawnChild = (entry, name) => {
      const child = spawnNodeChild(entry, name);
      const watched: ChildHandle = {
        ...child,
        send: (message) => {
          if (abort.signal.aborted) askedAfterCancel += 1;
          child.send(message);
        },
        kill: () => {
          killed.add(watched);
          child.kill();
        },
      };
      children.push(watched);
      return watched;
    };
    const startedMs = performance.now();
    let startMs = 0;
    let cancelledMs = 0;
    let blocksAfterCancel = 0;
    const onBlock = () => {
      if (abort.signal.aborted) blocksAfterCancel += 1;
      if (startMs !== 0) return;
      startMs = performance.now() - startedMs;
      // In the middle of the next block, which native code is busy with.
      setTimeout(() => {
        cancelledMs = performance.now();
        abort.abort();
        assert.deepEqual([...killed], children, 'all are killed before anything else can happen');
      }, 20);
    };
    const options = {
      ...quick,
      minSeconds: 30,
      maxSeconds: 60,
      models: models(),
      spawn,
      signal: abort.signal,
      onBlock,
    };
    await assert.rejects(measureLatency(options), CancelledError);
    const tookMs = performance.now() - cancelledMs;
    assert.equal(children.length, 2);
    for (const child of children) assert.ok(!isRunning(child.pid!));
    assert.equal(askedAfterCancel, 0);
    assert.equal(blocksAfterCancel, 0);
    // Two processes that only have to die, against two that had to be started and warmed up on the same machine just now.
    assert.ok(tookMs < startMs, `${tookMs} ms to stop, ${startMs} ms to start`);
    await assert.rejects(measureLatency(options), CancelledError, 'a signal that was aborted before');
    assert.equal(children.length, 2, 'which starts nothing');
  });

  test('names the variant whose process died', async () => {
    const { spawn, children } = createRecordingSpawn();
    const onBlock = (block: LatencyBlock) => {
      if (block.variant === 'before') children[1]!.kill();
    };
    await assert.rejects(
      measureLatency({ ...quick, models: models(), spawn, onBlock }),
      (error) =>
        error instanceof AppError &&
        error.code === 'engine-crashed' &&
        error.message.includes('"after"') &&
        error.details['signal'] === 'SIGKILL',
    );
    for (const child of children) assert.ok(!isRunning(child.pid!));
  });

  test('passes on what ONNX Runtime says', async () => {
    const missing = {
      ...quick,
      variants: [{ name: 'gone', modelPath: join(folder, 'gone.onnx') }],
      spawn: spawnNodeChild,
    };
    await assert.rejects(
      measureModels(missing),
      (error) => error instanceof AppError && error.code === 'model-unsupported',
    );
    const misfit = { ...quick, feeds: { input: makeTensor([2, 7], new Float32Array(14)) } };
    await assert.rejects(
      measureModels({ ...misfit, variants: variants(), spawn: spawnNodeChild }),
      (error) => error instanceof AppError && error.code === 'model-run-failed',
    );
  });
});
