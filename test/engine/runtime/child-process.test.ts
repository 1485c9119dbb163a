import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { AppError } from '../../../shared/app-error.ts';
import { quoteText } from '../../../shared/engine-texts/tell.ts';
import {
  connectToParent,
  siblingEntry,
  spawnNodeChild,
  startChild,
} from '../../../electron/engine/runtime/child-process.ts';

interface EchoCalls {
  readonly echo: { readonly request: unknown; readonly reply: unknown };
  readonly crash: { readonly request: { exitCode: number }; readonly reply: null };
  readonly refuse: { readonly request: null; readonly reply: null };
}

/** A zombie counts as dead: in a container nobody may ever reap an orphan. */
function isAlive(pid: number): boolean {
  try {
    if (process.platform === 'linux') return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

suite('helper processes', () => {
  const moduleUrl = new URL('../../../electron/engine/runtime/child-process.ts', import.meta.url).href;
  const errorUrl = new URL('../../../shared/app-error.ts', import.meta.url).href;
  const tellUrl = new URL('../../../shared/engine-texts/tell.ts', import.meta.url).href;
  let folder: string;
  let echoEntry: URL;
  let parentEntry: URL;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'vernier-child-'));
    const write = (name: string, source: string) => {
      writeFileSync(join(folder, name), source);
      return pathToFileURL(join(folder, name));
    };
    echoEntry = write(
      'echo.mjs',
      `import { answerCalls, connectToParent } from '${moduleUrl}';
      import { AppError } from '${errorUrl}';
      import { tell } from '${tellUrl}';
      console.log('native libraries write here; the parent must not see it');
      answerCalls(connectToParent(), {
        echo: async (request) => request,
        crash: async ({ exitCode }) => { console.error('out of luck'); process.exit(exitCode); },
        refuse: async () => { throw new AppError('data-missing', tell('fileMissing', { path: '/a' })); },
      });`,
    );
    parentEntry = write(
      'parent.mjs',
      `import { spawnNodeChild } from '${moduleUrl}';
      const child = spawnNodeChild(new URL('${echoEntry.href}'), 'echo');
      child.onMessage(() => process.send(child.pid));
      child.send({ call: 'echo', request: null });`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  test('answer calls; typed arrays survive', async () => {
    const child = startChild<EchoCalls>(spawnNodeChild, echoEntry, quoteText('echo'));
    assert.deepEqual(await child.call('echo', { values: Float32Array.of(1, 2) }), { values: Float32Array.of(1, 2) });
    await child.stop();
    assert.throws(() => process.kill(child.pid!, 0), 'it is gone');
  });

  test('throw their errors with the code they had', async () => {
    const child = startChild<EchoCalls>(spawnNodeChild, echoEntry, quoteText('echo'));
    await assert.rejects(
      child.call('refuse', null),
      (error) => error instanceof AppError && error.code === 'data-missing',
    );
    assert.equal(await child.call('echo', 'still here'), 'still here');
    await child.stop();
  });

  test('report a crash with exit code and last words', async () => {
    const child = startChild<EchoCalls>(spawnNodeChild, echoEntry, quoteText('the echo of "after"'));
    await assert.rejects(
      child.call('crash', { exitCode: 7 }),
      (error) =>
        error instanceof AppError &&
        error.code === 'engine-crashed' &&
        error.details['exitCode'] === 7 &&
        error.message.includes('the echo of "after"') &&
        error.message.includes('out of luck'),
    );
    await assert.rejects(child.call('echo', 1), AppError, 'later calls fail the same way');
    await child.stop();
  });

  test('report a start that fails', async () => {
    const noEntry = pathToFileURL(join(folder, 'missing.mjs'));
    const child = startChild<EchoCalls>(spawnNodeChild, noEntry, quoteText('nothing'));
    await assert.rejects(
      child.call('echo', 1),
      (error) => error instanceof AppError && error.code === 'engine-crashed',
    );
    await child.stop();
    const refuse = () => {
      throw new Error('no more processes');
    };
    assert.throws(
      () => startChild<EchoCalls>(refuse, echoEntry, quoteText('nothing')),
      (error) => error instanceof AppError && error.code === 'engine-crashed',
    );
  });

  test('die with a parent that was killed outright', { skip: process.platform === 'win32' }, async () => {
    const parent = fork(parentEntry, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    const [pid] = (await once(parent, 'message')) as [number];
    process.kill(pid, 0);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    let attempts = 0;
    while (isAlive(pid) && attempts++ < 250) await sleep(20);
    assert.ok(!isAlive(pid), `process ${pid} outlived its parent`);
  });

  test('refuse to run on their own, and are found next to the module that asks', () => {
    if (process.send === undefined) assert.throws(() => connectToParent(), AppError);
    assert.equal(siblingEntry('file:///a/latency.ts', 'latency-process').href, 'file:///a/latency-process.ts');
    assert.equal(siblingEntry('file:///a/latency.js', 'latency-process').href, 'file:///a/latency-process.js');
  });
});
