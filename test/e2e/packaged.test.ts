import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { listBackups } from '../../electron/store/backups.ts';
import { waitForRun } from './experiment.ts';
import { electronAvailability, launchPackaged, makeFolder, request, root, screenshotPath } from './harness.ts';
import { seedHistory } from './seeded-history.ts';

const options = { skip: electronAvailability.skip, timeout: 600_000 };
const folder = join(root, 'out', 'package', 'linux-unpacked');
const program = join(folder, 'vernier');

/** In bytes, links not followed. */
function sizeOf(path: string): number {
  const status = statSync(path);
  if (!status.isDirectory()) return status.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

interface ArchiveFolder {
  readonly files?: Readonly<Record<string, ArchiveFolder>>;
}

/** Paths of the files in an asar archive: its header is JSON behind four sizes of four bytes. */
function listArchive(path: string): ReadonlySet<string> {
  const content = readFileSync(path);
  const header = JSON.parse(content.toString('utf8', 16, 16 + content.readUInt32LE(12))) as ArchiveFolder;
  const found = new Set<string>();
  const walk = ({ files = {} }: ArchiveFolder, prefix: string): void => {
    for (const [name, entry] of Object.entries(files)) {
      if (entry.files === undefined) found.add(prefix + name);
      else walk(entry, `${prefix}${name}/`);
    }
  };
  walk(header, '');
  return found;
}

/** What a colleague hands over. @returns its path */
function writeBundleOfSeededRuns(home: string): string {
  const database = join(home, 'colleague.db');
  const bundle = join(home, 'runs.vernier');
  seedHistory(database);
  const command = ['bundle', '--all', '--out', bundle, '--database', database, '--quiet'];
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'electron', 'cli', 'main.ts'), ...command], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  return bundle;
}

void test('npm run package makes an app that runs the sample', options, async (context) => {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts', 'package.ts')], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);

  await context.test('with only what Linux on this machine can run inside', () => {
    const unpacked = join(folder, 'resources', 'app.asar.unpacked', 'node_modules');
    const onnxRuntime = join(unpacked, 'onnxruntime-node', 'bin', 'napi-v6');
    assert.deepEqual(readdirSync(onnxRuntime), ['linux']);
    assert.deepEqual(readdirSync(join(onnxRuntime, 'linux')), [process.arch]);
    assert.deepEqual(readdirSync(join(unpacked, 'better-sqlite3', 'prebuilds')), [`linux-${process.arch}.node`]);
    assert.equal(existsSync(join(folder, 'resources', 'default_app.asar')), false);
    assert.ok(existsSync(join(folder, 'resources', 'app.asar')));
    assert.ok(existsSync(join(folder, 'resources', 'icons', '512x512.png')));
    const licenses = readFileSync(join(folder, 'LICENSES.packages.txt'), 'utf8');
    for (const name of ['react', '@mantine/core', 'chart.js', 'zod']) assert.ok(licenses.includes(`\n${name} `), name);
    context.diagnostic(`size: ${(sizeOf(folder) / 1e6).toFixed(0)} MB`);
  });

  await context.test('with the threads that write reports, and their fonts', () => {
    const files = listArchive(join(folder, 'resources', 'app.asar'));
    for (const thread of ['render-thread', 'copy-thread', 'bundle-thread'])
      assert.ok(files.has(`dist/electron/${thread}.js`), thread);
    const fonts = readdirSync(join(root, 'resources', 'fonts')).filter((name) => name.endsWith('.ttf'));
    const inside = (name: string) =>
      files.has(`resources/fonts/${name}`) || existsSync(join(folder, 'resources', 'fonts', name));
    for (const name of fonts) assert.ok(inside(name), name);
  });

  await context.test('with its fuses set', async () => {
    const wire = await getCurrentFuseWire(program);
    // The wire holds characters: "0" is off, "1" is on.
    const isOn = (fuse: FuseV1Options) => String.fromCharCode(wire[fuse] ?? 0) === '1';
    assert.deepEqual(
      {
        runAsNode: isOn(FuseV1Options.RunAsNode),
        cookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
        nodeOptions: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
        inspect: isOn(FuseV1Options.EnableNodeCliInspectArguments),
        onlyFromAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
      },
      { runAsNode: false, cookieEncryption: true, nodeOptions: false, inspect: false, onlyFromAsar: true },
    );
    const asNode = spawnSync(program, ['--print', '"I am " + "Node"'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', DISPLAY: '' },
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.doesNotMatch(asNode.stdout, /I am Node/);
  });

  await context.test('which says where the command line is, instead of showing a window to a script', () => {
    const asked = spawnSync(program, ['--no-sandbox', 'compress', 'model.onnx', '--data', 'images'], {
      env: { ...process.env, DISPLAY: '' },
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(asked.status, 2, asked.stderr);
    assert.match(asked.stderr, /desktop app.*"compress".*npm run -s vernier/s);
  });

  await context.test('from one click to the proof', async () => {
    const home = makeFolder(context);
    const { page, startedAfterMs } = await launchPackaged({ program, folder: home });
    context.diagnostic(`window usable after ${startedAfterMs.toFixed(0)} ms`);
    const info = await request(page, 'app.info', {});
    assert.ok(info.ok && info.value.samplePresent);
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await page.waitForURL(/run/);
    const queue = await request(page, 'run.queue', {});
    assert.ok(queue.ok && queue.value.length === 1);
    // The search is told to the end elsewhere; here it costs two minutes.
    await request(page, 'run.enough', { runId: queue.value[0]!.runId });
    const details = await waitForRun(page, queue.value[0]!.runId, 480_000);
    assert.equal(details.document?.status, 'done', JSON.stringify(details.document).slice(0, 500));
    assert.ok(details.row.accuracyAfter !== null, 'the sample has labels');
    await page.screenshot({ path: screenshotPath('packaged-sample') });
    // A page chooses no place by itself, and nobody sits in front of the native dialog here.
    const path = join(home, 'run.pdf');
    const refused = await request(page, 'runs.export', { runIds: [details.row.runId], format: 'pdf', path });
    assert.equal(refused.ok ? 'written' : refused.error.code, 'file-unreadable');
    assert.equal(existsSync(path), false);
    // So is the thread that makes backups.
    assert.equal(listBackups(info.value.databasePath).length, 1);
  });
  await context.test('and opens the models and bundles that it is started with', async () => {
    const home = makeFolder(context);
    const modelPath = join(folder, 'resources', 'sample', 'model.onnx');
    const { page, openAgain } = await launchPackaged({ program, folder: home, openedPaths: [modelPath] });
    await page.getByRole('heading', { level: 1, name: 'New experiment' }).waitFor();
    const layers = page.getByRole('grid', { name: 'Layers of the model' });
    await layers.getByText('/stem/conv/Conv', { exact: true }).waitFor();
    // A second start, by address as file managers do it, hands its file to the window that is there.
    const moved = join(home, 'my net 100%.onnx');
    cpSync(modelPath, moved);
    await openAgain(pathToFileURL(moved).href);
    await page.waitForFunction((path) => document.body.innerHTML.includes(path), moved);
    const bundle = writeBundleOfSeededRuns(home);
    await openAgain(bundle);
    // What comes by itself is asked about first.
    await page.getByRole('dialog').getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Bundle imported').waitFor();
  });
  rmSync(join(root, 'out', 'package'), { recursive: true, force: true });
});
