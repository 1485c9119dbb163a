import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { DataRequest } from '../../shared/compress-request.ts';
import type {
  ArraySummary,
  DataExample,
  DataPreview,
  DataWarning,
  TextExample,
} from '../../shared/contract/results.ts';
import { cutText } from '../../shared/cut-text.ts';
import { recipeSchema } from '../../shared/recipe.ts';
import { say } from '../../shared/engine-texts/say.ts';
import type { TargetKind } from '../../shared/target-kinds.ts';
import { targetWords } from '../../shared/target-texts.ts';
import type { AllowedFolders } from './files/allowed-folders.ts';
import { assertTokensFit } from './1-analyze/check-tokens.ts';
import { findCompared } from './1-analyze/find-compared.ts';
import { describeTextModel } from './1-analyze/find-states.ts';
import { observeShapes } from './1-analyze/observe-shapes.ts';
import { prepareModel } from './1-analyze/prepare.ts';
import { readBatch } from './data/batch.ts';
import type { Dataset } from './data/dataset.ts';
import { isBmp } from './data/decode-bmp.ts';
import { decodeImage } from './data/decode-image.ts';
import { findImages, readImage } from './data/find-images.ts';
import { openDataset } from './data/open-dataset.ts';
import { splitDataset } from './data/split.ts';
import { indexGraph } from './graph/graph.ts';
import { describeTask, targetKindOfTask } from './metrics/describe-task.ts';
import { findDetector } from './metrics/detection-heads/find-detector.ts';
import { describeOutputs } from './metrics/task.ts';
import { assertLabelsFit } from './metrics/check-labels.ts';
import type { Feeds, Tensor } from './tensor/tensor.ts';

const exampleCount = 3;
/** Longest side of an example in pixels. */
const exampleSize = 320;
/** Below this many samples accuracy has an interval too wide to decide anything. */
const tinyCount = 50;

/** Opens data as a run would, checks it against the model, and shows what the model is going to be fed. */
export async function previewData(
  job: {
    readonly modelPath: string;
    readonly data: DataRequest;
    readonly dims: Readonly<Record<string, number>>;
  },
  allowedFolders: AllowedFolders,
): Promise<DataPreview> {
  const work = await mkdtemp(join(tmpdir(), 'vernier-preview-'));
  try {
    const { original, prepared, inputs, outputs } = await prepareModel(job.modelPath, work);
    const dataset = await openDataset(job.data, inputs, {
      seed: 0,
      dims: job.dims,
      outputs: outputs.map(({ name }) => name),
      model: describeTextModel(job.modelPath, { inputs, outputs }),
      allowedFolders,
    });
    try {
      const graph = indexGraph(original);
      assertTokensFit(dataset, graph);
      const batchSize = dataset.fixedBatchSize ?? 1;
      const { feeds } = await readBatch(dataset, [0], batchSize);
      const shapes = await observeShapes(original, feeds);
      assertLabelsFit(dataset.labels, outputs, { graph, shapes, inputs }, batchSize);
      const known = describeOutputs(outputs, shapes, batchSize);
      const detector = findDetector(known, dataset, job.data, feeds);
      const isPlain = findCompared(prepared, outputs, job.modelPath).at === null && !job.data.random;
      const first = await dataset.read(0);
      const facts = { outputs, inputs, graph, shapes, dataset, feeds, task: job.data.task, detector };
      const isTold = detector !== null || isPlain;
      const targetKind = isTold ? targetKindOfTask(facts) : 'values';
      return {
        kind: dataset.kind,
        count: dataset.count,
        labelled: dataset.labels !== null,
        classes: dataset.labels === null ? null : new Set(dataset.labels).size,
        task: isTold ? describeTask(facts) : null,
        targetKind,
        notes: dataset.notes,
        warnings: await findWarnings(dataset, targetKind),
        examples: dataset.kind === 'images' ? await drawExamples(dataset, allowedFolders) : [],
        texts: showTexts(dataset),
        arrays: describeArrays(first),
      };
    } finally {
      await dataset.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Whether the data says anything of what is right. */
function hasTargets({ labels, targets, boxes, masks, texts, tags, answers, scoredPairs, tokens }: Dataset): boolean {
  const found = [labels, targets, boxes, masks, texts?.targets, tags, answers?.of(0).right, scoredPairs];
  // What comes next in a text is known without.
  return tokens?.nextTokenOutput != null || found.some((one) => one != null);
}

async function findWarnings(dataset: Dataset, targetKind: TargetKind): Promise<DataWarning[]> {
  if (dataset.kind === 'random') {
    return [
      {
        code: 'random',
        message: say('noiseIsNoData'),
      },
    ];
  }
  const warnings: DataWarning[] = [];
  if (dataset.count < tinyCount) {
    warnings.push({
      code: 'tiny',
      message: say('fewSamples', { count: dataset.count }),
    });
  }
  if (!hasTargets(dataset)) {
    const { name, add } = targetWords(targetKind, 'en');
    warnings.push({
      code: 'unlabelled',
      message: `Without ${name}, Vernier measures how far the two models agree. That is not accuracy. ${add}`,
    });
  }
  const split = await splitDataset(dataset, {
    calibrationCount: recipeSchema.parse({}).calibrationSamples,
    evaluationCount: null,
    seed: 0,
  });
  for (const { code, message } of split.warnings) {
    if (code === 'data-duplicates') warnings.push({ code: 'duplicates', message });
    if (code === 'labels-conflict') warnings.push({ code: 'conflict', message });
  }
  return warnings;
}

function describeArrays(feeds: Feeds): ArraySummary[] {
  return Object.entries(feeds).map(([name, tensor]) => {
    let min = Infinity;
    let max = -Infinity;
    let sum = 0;
    for (const element of tensor.data) {
      const value = Number(element);
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    const isEmpty = tensor.data.length === 0;
    return {
      name,
      dataType: tensor.dataType,
      dims: [...tensor.dims],
      min: isEmpty ? 0 : min,
      max: isEmpty ? 0 : max,
      mean: isEmpty ? 0 : sum / tensor.data.length,
    };
  });
}

/** Samples to show, from all over the data: files often hold one class after the other. */
function spread(total: number): number[] {
  const count = Math.min(exampleCount, total);
  return Array.from({ length: count }, (_, example) => Math.floor((example * total) / count));
}

async function drawExamples(dataset: Dataset, allowedFolders: AllowedFolders): Promise<DataExample[]> {
  const folder = dataset.path === null ? null : await findImages(dataset.path, allowedFolders);
  if (folder === null) return [];
  const examples: DataExample[] = [];
  for (const index of spread(dataset.count)) {
    const name = folder.names[index];
    const tensor = Object.values(await dataset.read(index))[0];
    if (name === undefined || tensor === undefined) continue;
    const { path, bytes } = await readImage(folder, name);
    const original = await (
      await openForDisplay(bytes, path)
    )
      .resize(exampleSize, exampleSize, { fit: 'inside', withoutEnlargement: true })
      .png()
      .toBuffer();
    examples.push({
      name,
      label: dataset.labels?.[index] ?? null,
      originalPng: toDataUrl(original),
      preprocessedPng: toDataUrl(await drawTensor(tensor)),
    });
  }
  return examples;
}

const mostShownTokens = 64;
const mostShownCharacters = 600;

function showTexts(dataset: Dataset): TextExample[] {
  const { tokens, labels, classNames, sampleName } = dataset;
  if (tokens === undefined) return [];
  return spread(dataset.count).map((index) => {
    const { ids } = tokens.idsOf(index);
    const label = labels?.[index];
    return {
      name: sampleName?.(index) ?? '',
      text: cutText(tokens.textOf(index), mostShownCharacters),
      label: label === undefined ? null : (classNames?.get(label) ?? String(label)),
      tokens: Array.from(ids.subarray(0, mostShownTokens), (id) => tokens.tokenOf(id)),
      length: ids.length,
    };
  });
}

/** An image as it is for people, its profile and orientation left to the picture shown. */
async function openForDisplay(bytes: Uint8Array, path: string): Promise<Sharp> {
  if (!isBmp(bytes)) return sharp(bytes);
  const { data, width, height, channels } = await decodeImage(bytes, path);
  return sharp(data, { raw: { width, height, channels } });
}

function toDataUrl(png: Buffer): string {
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** An image tensor as a picture: the smallest value black, the largest white. */
async function drawTensor(tensor: Tensor): Promise<Buffer> {
  const dims = tensor.dims.slice(-3);
  const isChannelsFirst = dims[0] === 1 || dims[0] === 3;
  const [channels, height, width] = isChannelsFirst ? dims : [dims[2], dims[0], dims[1]];
  if (channels === undefined || height === undefined || width === undefined) return Buffer.alloc(0);
  const [summary] = describeArrays({ image: tensor });
  const { min, max } = summary!;
  const scale = max > min ? 255 / (max - min) : 0;
  const pixels = Buffer.alloc(height * width * channels);
  for (let pixel = 0; pixel < height * width; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = isChannelsFirst ? channel * height * width + pixel : pixel * channels + channel;
      pixels[pixel * channels + channel] = Math.round((Number(tensor.data[from]) - min) * scale);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: channels === 1 ? 1 : 3 } })
    .resize(exampleSize, exampleSize, { fit: 'inside', withoutEnlargement: true, kernel: 'nearest' })
    .png()
    .toBuffer();
}
