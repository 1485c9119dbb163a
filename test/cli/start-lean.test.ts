import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';

const entryPath = fileURLToPath(new URL('lean-process.ts', import.meta.url));

interface LeanProcess {
  readonly processId: number;
  readonly canCollect: boolean;
  readonly stripsTypes: boolean;
  readonly inherited: readonly string[];
}

/** @returns the process as it was spawned, and as it says that it is. */
async function start(folder: string): Promise<{ readonly spawnedId: number; readonly said: LeanProcess }> {
  const environment = Object.entries(process.env).filter(([name]) => !/^(MALLOC_|NODE_COMPILE_CACHE)/.test(name));
  const child = spawn(process.execPath, [entryPath, folder], {
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return { spawnedId: child.pid!, said: JSON.parse(output) as LeanProcess };
}

void suite('a process that holds little', { skip: process.platform === 'win32' && 'has no execve' }, () => {
  void test('is the same process, without what strips types, and what it starts is not like it', async () => {
    const folder = join(temporaryFolder(), 'compiled');
    const { spawnedId, said } = await start(folder);
    assert.deepEqual(said, { processId: spawnedId, canCollect: true, stripsTypes: false, inherited: [] });
    assert.ok(existsSync(folder));
  });

  void test('starts where nothing can be kept, and holds more', async () => {
    const file = join(temporaryFolder(), 'a-file');
    writeFileSync(file, '');
    const { spawnedId, said } = await start(file);
    assert.deepEqual(said, { processId: spawnedId, canCollect: true, stripsTypes: true, inherited: [] });
  });
});
