import { randomUUID } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename, extname, join, relative, sep } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { makeVisible } from '../../shared/make-visible.ts';
import { textKinds } from '../engine/data/text-rows.ts';
import { findTextCompanions } from '../engine/data/tokenizer.ts';
import { externalFiles, readModel } from '../engine/onnx/read-model.ts';
import { vernierVersion } from '../engine/runtime/environment.ts';
import type { Lab } from './connect-lab.ts';
import { isAt, listDevices, otherVersion } from './device-list.ts';
import { createJobState } from './job-states.ts';
import {
  dataInputNames,
  isSafeFileName,
  type JobState,
  type LabInput,
  type LabJob,
  type LabWork,
} from './lab-messages.ts';
import { labProtocol, queueOf, type Place } from './lab-names.ts';
import { afterBreaks, uploadFiles, type NamedFile } from './upload-files.ts';

const mostFiles = 200_000;

/** Every file in a folder, links not followed, in the order of their names. @throws AppError `data-malformed`. */
function listFiles(folder: string): NamedFile[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: relative(folder, path).split(sep).join('/'), path }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const unsafe = files.find(({ name }) => !isSafeFileName(name));
  if (unsafe !== undefined) {
    throw new AppError('data-malformed', tell('labFileNameUnsafe', { path: unsafe.path }));
  }
  if (files.length === 0 || files.length > mostFiles) {
    throw new AppError('data-malformed', tell('labFileCount', { folder, count: files.length, most: mostFiles }));
  }
  return files;
}

/** A name of any spelling that every system can have. */
function safeName(path: string, fallback: string): string {
  const name = basename(path);
  return isSafeFileName(name) ? name : fallback;
}

async function uploadData(lab: Lab, path: string, signal: AbortSignal): Promise<LabInput> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new AppError('file-not-found', tell('fileMissing', { path }));
  if (found.isDirectory()) {
    const main = safeName(path, 'data');
    const files = listFiles(path).map((file) => ({ ...file, name: `${main}/${file.name}` }));
    return { files: await uploadFiles(lab, files, signal), main };
  }
  const extension = /\.[A-Za-z0-9]+$/.exec(path)?.[0] ?? '';
  const main = safeName(path, `data${extension}`);
  return { files: await uploadFiles(lab, [{ name: main, path }], signal), main };
}

/** The .onnx file and the files it keeps its weights in. */
async function uploadModel(lab: Lab, path: string, signal: AbortSignal, readsTexts = false): Promise<LabInput> {
  const { proto, folder } = await readModel(path);
  const main = safeName(path, 'model.onnx');
  const beside = externalFiles(proto, folder).flatMap(({ path: dataPath, locations }) =>
    locations.map((location) => ({ name: location.replace(/^(\.\/)+/, ''), path: dataPath })),
  );
  // What texts are read by lies beside the model there, too.
  const companions = readsTexts ? await findTextCompanions(path) : [];
  const others = companions.filter(({ name }) => name !== main && !beside.some((file) => file.name === name));
  return { files: await uploadFiles(lab, [{ name: main, path }, ...beside, ...others], signal), main };
}

export interface Submission {
  readonly kind: LabWork['kind'];
  /** Of a proof, `outPath` is the compressed model. */
  readonly request: CompressRequest;
  readonly place: Place;
  readonly tags: readonly string[];
}

/** Who is there to do it, and can. @throws AppError `lab-version` where all that could are of another version. */
export async function assertSomeoneCan(lab: Lab, place: Place): Promise<number> {
  const devices = (await listDevices(lab)).filter((device) => isAt(device, place));
  const other = devices.find(({ environment }) => environment.vernierVersion !== vernierVersion);
  const able = devices.filter(({ environment }) => environment.vernierVersion === vernierVersion);
  if (able.length === 0 && other !== undefined) throw otherVersion(other);
  return able.length;
}

/**
 * Uploads what a job needs and puts it into the queue of its place.
 * @param onKnown told when the server knows the job, a moment before anybody can take it.
 * @returns its state, and how many devices there are now that may take it.
 * @throws AppError those of files and of the lab; CancelledError.
 */
export async function submitJob(
  lab: Lab,
  { kind, request, place, tags }: Submission,
  signal: AbortSignal,
  onKnown: (state: JobState) => void = () => undefined,
): Promise<{ readonly state: JobState; readonly deviceCount: number }> {
  const deviceCount = await assertSomeoneCan(lab, place);
  const { runId, modelPath, outPath, preparedPath: _prepared, data, ...options } = request;
  const readsTexts = textKinds[extname(data.path ?? '').toLowerCase()] !== undefined;
  const model = await uploadModel(lab, modelPath, signal, readsTexts);
  const compressed = kind === 'prove' ? await uploadModel(lab, outPath, signal) : null;
  const inputs: LabWork['data']['inputs'] = {};
  const { random, targetName, task, head, preprocess, pooling } = data;
  for (const name of dataInputNames) {
    const path = data[name];
    if (path !== null) inputs[name] = await uploadData(lab, path, signal);
  }
  const shared = { data: { inputs, options: { random, targetName, task, head, preprocess, pooling } }, options };
  const work: LabWork =
    compressed === null
      ? { kind: 'compress', model, ...shared, outName: safeName(outPath, 'model.int8.onnx') }
      : { kind: 'prove', original: model, compressed, ...shared };
  const job: LabJob = { protocol: labProtocol, vernierVersion, jobId: randomUUID(), runId, tags: [...tags], work };
  const state: JobState = {
    jobId: job.jobId,
    runId,
    kind,
    title: makeVisible(basename(kind === 'prove' ? outPath : modelPath)).slice(0, 300),
    submittedBy: makeVisible(`${userInfo().username}@${hostname()}`).slice(0, 200),
    submittedTimestampMs: Date.now(),
    place,
    phase: 'queued',
    attempt: 0,
    device: null,
    instance: null,
    stage: null,
    error: null,
    result: null,
    inputs: [model, ...(compressed === null ? [] : [compressed]), ...Object.values(inputs)].map(
      ({ files }) => files.sha256,
    ),
  };
  await createJobState(lab, state);
  onKnown(state);
  // Known to the server by its id: sent twice over a broken connection, it is queued once.
  await afterBreaks(lab, signal, () =>
    lab.jetStream.publish(queueOf(place).subject, JSON.stringify(job), { msgID: job.jobId }),
  );
  return { state, deviceCount };
}
