import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { indexGraph, type Graph } from '../graph/graph.ts';
import { floatTypes } from '../metrics/float-types.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { isIdentity, isZipMap } from '../graph/ops/layouts.ts';

/** Where two models are held against each other when it is not at all their outputs. */
export interface ComparedAt {
  readonly tensors: readonly string[];
  /** False where none of the tensors holds scores of classes. */
  readonly ranksClasses: boolean;
}

export interface Compared {
  /** Null where it is at the model's outputs, those that can be. */
  readonly at: ComparedAt | null;
  /** What is left out, and where it is compared instead. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why the model cannot be compressed; null where something can be compared. */
  readonly refusal: Told | null;
}

const isOfNumbers = ({ dataType }: ValueInfo): boolean => dataType !== 'string' && dataType !== 'other';

/** Outputs that closeness is told by: those of floats, all of numbers where there are none; never strings, sequences, maps and optional values. */
export function closenessOutputs(outputs: readonly ValueInfo[]): string[] {
  const numeric = outputs.filter(isOfNumbers);
  const floats = numeric.filter(({ dataType }) => floatTypes.includes(dataType));
  return (floats.length > 0 ? floats : numeric).map(({ name }) => name);
}

/** What an output that is no tensor of numbers holds, in words. */
function describeKind({ name, dataType }: ValueInfo, { proto }: OnnxModel): Sentence {
  if (dataType === 'string') return say('kindStrings');
  switch (proto.graph!.output.find((output) => output.name === name)?.type?.value.case) {
    case 'sequenceType':
      return say('kindSequence');
    case 'mapType':
      return say('kindMap');
    case 'optionalType':
      return say('kindOptional');
    default:
      return say('kindUnknown');
  }
}

/** The tensor with the probabilities that a ZipMap, as classifiers of scikit-learn end in, names after classes. */
function findZipped(graph: Graph, output: string): string | null {
  let node = graph.producers.get(output);
  while (isIdentity(node)) node = graph.producers.get(node.input[0]!);
  if (!isZipMap(node) || node.domain !== 'ai.onnx.ml') return null;
  const [zipped = ''] = node.input;
  return graph.producers.has(zipped) ? zipped : null;
}

/**
 * Which outputs can be compared: tensors of numbers. What ZipMap makes of one is compared before it; strings, sequences, maps
 * and optional values are left out.
 * @param prepared the graph with types of its outputs, as ONNX Runtime writes it.
 */
export function findCompared(prepared: OnnxModel, outputs: readonly ValueInfo[], modelPath: string): Compared {
  const graph = indexGraph(prepared);
  const others = outputs.filter((output) => !isOfNumbers(output));
  const zipped = new Set<string>();
  const diagnostics = others.map((output): Diagnostic => {
    const tensor = findZipped(graph, output.name);
    if (tensor !== null) zipped.add(tensor);
    const message =
      tensor === null
        ? say('outputOfKind', { output: output.name, kind: describeKind(output, prepared) })
        : say('outputOfZipMap', { output: output.name, tensor });
    return { severity: tensor === null ? 'warning' : 'info', code: 'output-not-compared', message, node: null };
  });
  const numbers = outputs.filter(isOfNumbers).map(({ name }) => name);
  // ONNX Runtime for Node hands out tensors only: without any it could not even run the model.
  const canRun = numbers.length > 0 || outputs.some(({ dataType }) => dataType === 'string');
  const refusal =
    numbers.length + zipped.size > 0 && canRun
      ? null
      : tell('noComparableOutput', {
          path: modelPath,
          outputs: others.map(({ name }) => `"${name}"`).join(', '),
        });
  const tensors = [...new Set([...numbers, ...zipped])];
  return {
    at: zipped.size === 0 ? null : { tensors, ranksClasses: true },
    diagnostics: refusal === null ? diagnostics : [],
    refusal,
  };
}
