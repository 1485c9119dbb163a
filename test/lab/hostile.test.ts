import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { importLabRun } from '../../electron/host/import-lab-run.ts';
import { connectLab } from '../../electron/lab/connect-lab.ts';
import { listDevices } from '../../electron/lab/device-list.ts';
import { fetchFiles } from '../../electron/lab/fetch-files.ts';
import { withResult } from '../../electron/lab/fetch-result.ts';
import { hearJob, JobSpeaker } from '../../electron/lab/job-events.ts';
import { changeJobState, findJob, listJobStates } from '../../electron/lab/job-states.ts';
import { parsePlace, type JobState } from '../../electron/lab/lab-messages.ts';
import { eventSubject } from '../../electron/lab/lab-names.ts';
import { openPartCache } from '../../electron/lab/part-cache.ts';
import { uploadFiles } from '../../electron/lab/upload-files.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { temporaryFolder } from '../engine/onnx/tiny-model.ts';
import { certificates } from './certificates.ts';
import { makeLabRequest, quick, startAgent, stopAgents, submit, waitForDevice, waitForJob } from './lab-fixture.ts';
import { skipLab, startNats } from './nats-server.ts';

const never = AbortSignal.timeout(120_000);
const entryPath = fileURLToPath(new URL('./lab-engine.ts', import.meta.url));

void suite('whoever may write to the server', { skip: skipLab, timeout: 120_000 }, async () => {
  if (skipLab !== false) return;
  const folder = temporaryFolder();
  const server = await startNats();
  const lab = await connectLab({ server: server.url }, { timing: quick });
  after(async () => {
    await stopAgents();
    await lab.close();
    await server.stop();
  });
  const submitTo = (place: string, behaviour = 'done'): Promise<JobState> => {
    const recipe = recipeSchema.parse({ ...recipePresets['int8-static-minmax'], name: behaviour });
    const request = makeLabRequest(join(folder, 'in'), { recipe });
    return submit(lab, { kind: 'compress', request, place: parsePlace(place), tags: ['study:1'] });
  };

  await test('hides no job and no device, and shows no text that a terminal or a reader would obey', async () => {
    const honest = await submitTo('nobody');
    await startAgent(server.url, folder, { name: 'honest', entryPath });
    const device = await waitForDevice(lab, 'honest');
    const { clockAheadSeconds: _, ...entry } = device;
    const put = (name: string, changes: object) =>
      lab.devices.put(name, JSON.stringify({ ...entry, name, instance: crypto.randomUUID(), ...changes }));
    await put('honest-2', { name: 'honest' });
    await put('long', { environment: { ...entry.environment, cpuModel: 'x'.repeat(100_000) } });
    await put('flags', { environment: { ...entry.environment, cpuFlags: Array<string>(1000).fill('avx') } });
    await put('labels', { labels: Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`l${index}`, 'x'])) });
    await put('escape', { environment: { ...entry.environment, os: '\u001b[2J' } });
    await put('future', { seenTimestampMs: Number.MAX_SAFE_INTEGER });
    await put('group', { processId: -1 });
    await put('turned', { environment: { ...entry.environment, cpuModel: 'EPYC \u202egnp.exe' } });
    assert.deepEqual(
      (await listDevices(lab)).map(({ name, environment }) => [name, environment.cpuModel]),
      [
        ['honest', entry.environment.cpuModel],
        ['turned', 'EPYC \\u202egnp.exe'],
      ],
    );

    const putJob = async (changes: object): Promise<void> => {
      const jobId = crypto.randomUUID();
      await lab.jobs.put(jobId, JSON.stringify({ ...honest, jobId, ...changes }));
    };
    await lab.jobs.put(crypto.randomUUID(), 'no job');
    await lab.jobs.put(crypto.randomUUID(), '['.repeat(200_000));
    await putJob({
      error: { code: 'x', message: 'y'.repeat(9000), said: { code: 'z', slots: { a: 'a'.repeat(4e5) } } },
    });
    await putJob({ submittedTimestampMs: Number.MAX_SAFE_INTEGER });
    await putJob({ device: '../one' });
    await putJob({ title: 'a\u2028b\u200b', submittedTimestampMs: 0 });
    assert.deepEqual(
      (await listJobStates(lab)).map(({ title }) => title),
      ['tiny.onnx', 'a\\u2028b\\u200b'],
    );
    assert.equal((await findJob(lab, honest.jobId.slice(0, 12))).jobId, honest.jobId);
    await assert.rejects(findJob(lab, ''), { code: 'lab-job' });
    await stopAgents();
  });

  await test('is listed whole, in one question, however many there are', async () => {
    const before = (await listJobStates(lab)).length;
    const [state] = await listJobStates(lab);
    const ids = Array.from({ length: 600 }, () => crypto.randomUUID());
    await Promise.all(ids.map((jobId) => lab.jobs.put(jobId, JSON.stringify({ ...state, jobId }))));
    const found = new Set((await listJobStates(lab)).map(({ jobId }) => jobId));
    assert.equal(found.size, before + ids.length);
    assert.ok(ids.every((jobId) => found.has(jobId)));
    await Promise.all(ids.map((jobId) => lab.jobs.purge(jobId)));
    assert.equal((await listJobStates(lab)).length, before);
  });

  await test('removes no file of others by lying about its size', async () => {
    const path = join(folder, 'theirs.bin');
    writeFileSync(path, 'what others need');
    const files = [{ name: 'theirs.bin', path }];
    const { sha256, sizeBytes } = await uploadFiles(lab, files);
    const [part] = (JSON.parse(Buffer.from((await lab.artifacts.getBlob(sha256))!).toString()) as { parts: object[] })
      .parts;
    const lie = { files: [{ name: 'x', sha256: 'f'.repeat(64), sizeBytes: 3 }], parts: [{ ...part, sizeBytes: 3 }] };
    const list = Buffer.from(JSON.stringify(lie));
    const listHash = createHash('sha256').update(list).digest('hex');
    await lab.artifacts.putBlob({ name: listHash }, list);
    const cache = openPartCache(join(folder, 'cache'), 1e9);
    const fetchTo = (name: string, hash: string, bytes: number) =>
      fetchFiles(lab, cache, { sha256: hash, sizeBytes: bytes }, join(folder, name), never);
    await assert.rejects(fetchTo('lie', listHash, 3), { code: 'lab-artifact' });
    await fetchTo('truth', sha256, sizeBytes);
  });

  await test('says no more on the way than a client can bear', async () => {
    const jobId = crypto.randomUUID();
    const heard: EngineEvent[] = [];
    const stop = hearJob(lab, jobId, (event) => heard.push(event));
    const say = (message: unknown): void => {
      lab.connection.publish(eventSubject(jobId), typeof message === 'string' ? message : JSON.stringify(message));
    };
    say('no event');
    say({ events: [{ type: 'best', name: 'x'.repeat(2000) }] });
    say({ events: [{ type: 'log', level: 'info', message: 'x', more: true }] });
    say({ events: Array.from({ length: 101 }, () => ({ type: 'best', name: 'x' })) });
    say('x'.repeat(100_000));
    // As an agent does it: gathered, times of a model joined, texts visible.
    const speaker = new JobSpeaker(lab, jobId);
    speaker.add({ type: 'latency', variant: 'before', samplesMs: [1, 2] });
    speaker.add({ type: 'latency', variant: 'after', samplesMs: [0.5] });
    speaker.add({ type: 'latency', variant: 'before', samplesMs: [3] });
    speaker.add({ type: 'log', level: 'warning', message: 'a\u001b[2Jb' });
    speaker.flush();
    await lab.connection.flush();
    assert.deepEqual(
      heard.map((event) => (event.type === 'latency' ? [event.variant, event.samplesMs] : event)),
      [['after', [0.5]], ['before', [1, 2, 3]], { type: 'log', level: 'warning', message: 'a\\u001b[2Jb' }],
    );
    for (let turn = 0; turn < 2000; turn++) say({ events: [{ type: 'best', name: String(turn) }] });
    await lab.connection.flush();
    // Fifty in a second of the clock, and more than a few seconds of it nobody needs for this.
    assert.ok(heard.length < 1000, `${heard.length} heard`);
    stop();
  });

  await test('is believed about figures, and not about which device it is or how much it sends', async () => {
    const agent = await startAgent(server.url, folder, { name: 'liar', entryPath });
    const state = await waitForJob(lab, (await submitTo('liar')).jobId);
    await agent.stop();
    const store = openStore(join(folder, 'history.db'));
    // Its bundle says another name than the server's record of who had the job.
    const { tags } = await importLabRun(store, lab, { ...state, device: 'other' }, null, never);
    assert.deepEqual(tags, ['study:1', 'device:other']);
    closeStore(store);
    const huge = { ...state, result: { ...state.result!, sizeBytes: 1e12 } };
    await assert.rejects(
      withResult(lab, huge, never, () => Promise.resolve()),
      { code: 'lab-job' },
    );
  });

  await test('a job that was started three times, its agent gone each time, is not started again', async () => {
    const { jobId } = await submitTo('fragile');
    await changeJobState(lab, jobId, () => ({ attempt: 3 }));
    const agent = await startAgent(server.url, folder, { name: 'fragile', entryPath });
    const ended = await waitForJob(lab, jobId);
    assert.deepEqual([ended.phase, ended.error?.code, ended.error?.said?.code], ['failed', 'lab-job', 'labJobLost']);
    await agent.stop();
  });

  await test('nobody is asked for a place that is none', () => {
    for (const place of ['all', 'a b', 'label=x', '../x', '*', '>', 'label=a.b=c'])
      assert.throws(() => parsePlace(place), { code: 'options-invalid' }, place);
  });
});

void test(
  'a server that asks for certificates says what is wrong with them',
  { skip: skipLab, timeout: 60_000 },
  async (t) => {
    const folder = temporaryFolder();
    const write = (name: string, content: string): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const { known, stranger } = certificates;
    const [tlsCaPath, tlsKeyPath] = [write('known.crt', known.certificate), write('known.key', known.key)];
    const server = await startNats(
      `tls { cert_file: "${tlsCaPath}", key_file: "${tlsKeyPath}", ca_file: "${tlsCaPath}", verify: true }`,
    );
    t.after(() => server.stop());
    const address = { server: server.url.replace('nats:', 'tls:'), tlsCaPath };
    const other = {
      tlsCertPath: write('other.crt', stranger.certificate),
      tlsKeyPath: write('other.key', stranger.key),
    };
    await assert.rejects(connectLab(address), {
      code: 'lab-denied',
      message: /asks for a certificate of this machine/,
    });
    await assert.rejects(connectLab({ ...address, ...other }), {
      code: 'lab-denied',
      message: /bad certificate|unknown ca/i,
    });
    await assert.rejects(connectLab({ ...address, ...other, tlsKeyPath }), { code: 'lab-denied', message: /mismatch/ });
    const lab = await connectLab({ ...address, tlsCertPath: tlsCaPath, tlsKeyPath });
    await lab.close();
    const plain = await startNats();
    t.after(() => plain.stop());
    await assert.rejects(connectLab({ server: plain.url.replace('nats:', 'tls:') }), {
      code: 'lab-denied',
      message: /offers no TLS/,
    });
  },
);
