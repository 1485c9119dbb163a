import { fromBinary } from '@bufbuild/protobuf';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { ModelProtoSchema, type NodeProto } from '../onnx/proto/onnx_pb.js';
import { renameFeeds, usePlainNames, type PlainNames } from '../graph/plain-names.ts';
import { readModel } from '../onnx/read-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { siblingEntry, startChild, type SpawnChild } from '../runtime/child-process.ts';
import { mean, median } from '../tensor/statistics.ts';
import type { Feeds } from '../tensor/tensor.ts';
import type { ProfileCalls } from './profile-process.ts';

/** Runs dropped before averaging: the first ones pay for page faults, allocations and kernel set-up. */
const warmUpRuns = 3;
/** Fewer measured runs than this give no median worth the name; they are made however long one takes. */
const fewestMeasuredRuns = 5;

/** Nodes that run a subgraph: their own time contains the times of the nodes inside. */
const subgraphOpTypes: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

export interface ProfileOptions {
  readonly modelPath: string;
  readonly threads: number;
  readonly feeds: Feeds;
  /** Values for symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Measured runs at most (default 50); some more come first as warm-up. */
  readonly runs?: number;
  /** Stops earlier after this many seconds (default 5), but not below 5 measured runs. */
  readonly maxSeconds?: number;
  readonly spawn: SpawnChild;
  /** Names the variant in errors: `before`, `after`. */
  readonly variant?: string;
  readonly signal?: AbortSignal;
}

/** One node of the graph ONNX Runtime made of the model, with its time in one run of the model. */
export interface ProfiledNode {
  /** As in the optimized graph; ONNX Runtime's `<op type>_<index>` for a node without name. */
  readonly name: string;
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly meanMs: number;
  readonly medianMs: number;
}

export interface ModelProfile {
  /** In order of execution. */
  readonly nodes: readonly ProfiledNode[];
  /** Measured runs, without warm-up. */
  readonly runCount: number;
  /** Median of whole runs under profiling: what the node times add up to, plus scheduling and the profiler's own work. */
  readonly runMedianMs: number;
}

export interface NodeEvent {
  /** Without `_kernel_time`. */
  readonly name: string;
  readonly opType: string;
  readonly startMicroseconds: number;
  readonly durationMicroseconds: number;
}

export interface ProfiledRun {
  readonly durationMicroseconds: number;
  readonly events: readonly NodeEvent[];
}

interface RawEvent {
  readonly cat: string;
  readonly name: string;
  /** Microseconds. */
  readonly dur: number;
  readonly ts: number;
  readonly args?: { readonly op_name?: string };
}

/** One line of the file; null for its frame, and where the profiler broke off. */
function parseEvent(line: string): RawEvent | null {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as RawEvent;
  } catch {
    return null;
  }
}

/**
 * Leaves out what ran inside a control-flow node: its own event already holds that time. Events come in order of their
 * end, so those inside stand before the event of the node around them and started after it did.
 */
function dropNested(events: readonly NodeEvent[]): NodeEvent[] {
  const kept: NodeEvent[] = [];
  let enclosingStart = Infinity;
  for (const event of events.toReversed()) {
    if (event.startMicroseconds >= enclosingStart) continue;
    kept.push(event);
    if (subgraphOpTypes.has(event.opType)) enclosingStart = event.startMicroseconds;
  }
  return kept.reverse();
}

/**
 * Reads what ONNX Runtime's profiler wrote: one event a line, the nodes of a run before its `model_run`. Only
 * `*_kernel_time` events of category Node count. Times are whole microseconds.
 * A run the profiler broke off (it stops at a million events) is left out.
 */
export function parseProfile(text: string): ProfiledRun[] {
  const runs: ProfiledRun[] = [];
  let events: NodeEvent[] = [];
  for (const line of text.split('\n')) {
    const event = parseEvent(line);
    if (event === null) continue;
    if (event.cat === 'Node' && event.name.endsWith('_kernel_time')) {
      events.push({
        name: event.name.slice(0, -'_kernel_time'.length),
        opType: event.args?.op_name ?? '',
        startMicroseconds: event.ts,
        durationMicroseconds: event.dur,
      });
    } else if (event.cat === 'Session' && event.name === 'model_run') {
      runs.push({ durationMicroseconds: event.dur, events: dropNested(events) });
      events = [];
    }
  }
  return runs;
}

/**
 * The optimized graph's node of every profiled name. Names are unique there (ONNX Runtime refuses others), but may be
 * empty; the profile then says `<op type>_<index>`, and order of execution tells which is which, for the executor follows
 * the file's order among nodes of one type.
 */
function findNodes(names: ReadonlyMap<string, string>, optimized: readonly NodeProto[]): Map<string, NodeProto> {
  const byName = new Map<string, NodeProto>();
  const unnamed = new Map<string, NodeProto[]>();
  for (const node of optimized) {
    if (node.name !== '') byName.set(node.name, node);
    else unnamed.set(node.opType, [...(unnamed.get(node.opType) ?? []), node]);
  }
  const found = new Map<string, NodeProto>();
  for (const [name, opType] of names) {
    const node = byName.get(name) ?? unnamed.get(opType)?.shift();
    if (node !== undefined) found.set(name, node);
  }
  return found;
}

/**
 * Runs a model in a fresh process under ONNX Runtime's profiler, at full optimization, and gives the time of every node of
 * the graph that really ran.
 * @throws AppError `engine-crashed` when the process dies, `model-unsupported` or `model-run-failed` from ONNX Runtime.
 * @throws CancelledError within a second of the signal.
 */
export async function profileLayers(options: ProfileOptions): Promise<ModelProfile> {
  const runs = options.runs ?? 50;
  const folder = await mkdtemp(join(tmpdir(), 'vernier-profile-'));
  try {
    const optimizedModelPath = join(folder, 'optimized.onnx');
    const { modelPath, toPlain, toOriginal } = await withPlainNames(options.modelPath, folder);
    const child = startChild<ProfileCalls>(
      options.spawn,
      siblingEntry(import.meta.url, 'profile-process'),
      tell('taskLayerTimesOf', { name: options.variant ?? options.modelPath }),
      options.signal,
    );
    try {
      await child.call('profile', {
        modelPath,
        threads: options.threads,
        feeds: renameFeeds(options.feeds, toPlain),
        dims: options.dims ?? {},
        optimizedModelPath,
        profilePrefix: join(folder, 'profile'),
        minRuns: warmUpRuns + Math.min(runs, fewestMeasuredRuns),
        maxRuns: warmUpRuns + runs,
        maxSeconds: options.maxSeconds ?? 5,
      });
    } finally {
      await child.stop();
    }
    const profileName = (await readdir(folder)).find((name) => name.startsWith('profile') && name.endsWith('.json'));
    const measured =
      profileName === undefined
        ? []
        : parseProfile(await readFile(join(folder, profileName), 'utf8')).slice(warmUpRuns);
    if (measured.length === 0) {
      throw new AppError('internal', tell('profileOfModelMissing', { path: options.modelPath }));
    }
    const optimized = fromBinary(ModelProtoSchema, await readFile(optimizedModelPath)).graph?.node ?? [];
    const { nodes, runMedianMs } = averageRuns(measured, optimized);
    const named = nodes.map((node) => ({
      ...node,
      name: toOriginal(node.name),
      inputs: node.inputs.map(toOriginal),
      outputs: node.outputs.map(toOriginal),
    }));
    return { nodes: named, runMedianMs, runCount: measured.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The model itself where the profile can hold its names, else a copy with others. */
async function withPlainNames(
  modelPath: string,
  folder: string,
): Promise<Pick<PlainNames, 'toPlain' | 'toOriginal'> & { readonly modelPath: string }> {
  const model = await readModel(modelPath);
  const plain = usePlainNames(model.proto, { inner: false });
  if (!plain.isChanged) return { ...plain, modelPath };
  const plainPath = join(folder, 'plain.onnx');
  await writeModel(plain.model, plainPath, { externalData: 'auto', sourceFolder: model.folder });
  return { ...plain, modelPath: plainPath };
}

/** Median and mean over runs of every node, in order of execution. */
function averageRuns(runs: readonly ProfiledRun[], optimized: readonly NodeProto[]): Omit<ModelProfile, 'runCount'> {
  const durationsMs = new Map<string, number[]>();
  const opTypes = new Map<string, string>();
  for (const { events } of runs) {
    for (const { name, opType, durationMicroseconds } of events) {
      const durationMs = durationMicroseconds / 1000;
      const known = durationsMs.get(name);
      if (known === undefined) durationsMs.set(name, [durationMs]);
      else known.push(durationMs);
      opTypes.set(name, opType);
    }
  }
  const found = findNodes(opTypes, optimized);
  const nodes = [...durationsMs].map(([name, values]) => ({
    name,
    opType: opTypes.get(name)!,
    inputs: found.get(name)?.input.filter((input) => input !== '') ?? [],
    outputs: found.get(name)?.output.filter((output) => output !== '') ?? [],
    meanMs: mean(values),
    medianMs: median(values),
  }));
  return { nodes, runMedianMs: median(runs.map((run) => run.durationMicroseconds)) / 1000 };
}
