import type { TextCode } from './say.ts';

/**
 * How sentences were worded that documents keep without their codes, as versions before version 3 of the run document did: such documents
 * are translated by recognizing them. A sentence that is worded better leaves its former wording here, unless it never stood in a release.
 */
export const formerSentences: { readonly [Code in TextCode]?: readonly string[] } = {
  originalCopied: [
    'ONNX Runtime does not load this file as it is: it wants nodes in order, and tensors that shapes depend on within the .onnx file. A copy that has them so stands for it in all measurements.',
  ],
  timedOtherwise: [
    'Each model was timed for at least {seconds} s instead of {usual} s, as {variable} says: intervals differ in width from those of other runs.',
  ],
  weightNotFinite: [
    'The weight "{tensor}" of {node} holds {counts}, so what the model gives is not finite. Export it from a checkpoint whose weights are.',
  ],
  constantNotFinite: [
    'The constant "{tensor}" of {node} holds {counts}. In a mask that is meant; in a weight it spoils what the model gives.',
  ],
  inputShapesUnknown: [
    'The model does not say which shape its input {inputs} has: shapes and MACs are those that the file tells without running it. Data gives the input its shape when the model is compressed.',
  ],
  imageShapeUnknown: [
    'The model does not say which shape its input "{input}" has; images are fed as [1, 3, height, width] unless a preprocessor configuration says otherwise.',
  ],
  normKept: [
    '"{norm}" was not folded into "{layer}": its channels differ so much before it that int8 would lose {#loss} dB there.',
  ],
  nodesNamed: ['{#count} nodes without a name of their own were named after their type and output.'],
  inputsFixed: ['{#count} initializers were also listed as inputs; they are now constants.'],
  irRaised: ['IR version {#version} was raised to {#to}, so that weights need not be inputs.'],
  opsetRaisedPerChannel: [
    'Opset {#from} was raised to {#to}, where per-channel QuantizeLinear is standard; every node means the same there.',
  ],
  opsetRaisedInt8: ['Opset {#from} was raised to {#to}, where int8 operators exist; every node means the same there.'],
  opsetKept: ['Opset stays {#opset}: {op} cannot be carried over to opset {#target} as it is.'],
  opsetOld: [
    'Opset {#opset} is older than {#oldest}, the oldest Vernier is tested with; consider exporting the model again.',
  ],
  contribOperators: ['{operators} of com.microsoft is used, which ONNX Runtime runs and other runtimes may not.'],
  contribQdq: [
    'Opset {#opset} has no per-channel QuantizeLinear; the com.microsoft operators are used, which ONNX Runtime runs and other runtimes may not.',
  ],
  floatRequantized: ['This layer was to stay in float, but ONNX Runtime gives it 8-bit weights by itself.'],
  outputNotCompared: ['output "{output}" is not among what is compared'],
  weightScaleRaised: ['{#count} channels got a larger weight scale so that their bias fits into int32.'],
  calibrationStillNodes: [
    'Calibration saw one value alone of {tensors}, which states make: as before the first step of a sequence. What works on that stays in float: {nodes}. Add samples with the states of later steps, as the model hands them out.',
  ],
  calibrationInfiniteNodes: [
    '{tensors}: NaN or infinite values, as attention masks hold them. What reads or makes them stays in float: {nodes}.',
  ],
  calibrationEmptyNodes: [
    'Calibration saw no value of {tensors}: empty in all its samples. What works on that stays in float: {nodes}. Add samples that hold values there, such as later steps of a decoder.',
  ],
  outputOfKind: [
    'Output "{output}" is not compared because it holds {kind}; Vernier compares tensors of numbers. The compressed model keeps it.',
  ],
  kindUnknown: ['no numbers that Vernier knows'],
  macsOfOneRun: [
    'The MACs of {#count} control-flow nodes are those of one run: which branch is taken and how often a loop runs may depend on the data.',
    'The MACs of {#count} control-flow node are those of one run: which branch is taken and how often a loop runs may depend on the data.',
  ],
  labelsUnused: [
    'No compared output ranks classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.',
  ],
  labelsUnusedAt: [
    'Output "{output}" does not rank classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.',
  ],
  noiseStandsIn: [
    'Random noise stands in for data: ranges, agreement and accuracy mean nothing; sizes and times still hold.',
  ],
  selectorIdle: ['No node is called "{selector}", as the recipe has it; `vernier inspect` lists the names.'],
  notRunOnZeros: ['The model did not run on zeros ({why}); shapes are those written in the file.'],
  calibrationStill: ['calibration saw one value of "{tensor}" alone, as before the first step of a sequence'],
  recipeHasScheme: ['the recipe has {scheme} for it'],
  noTable: ['it looks nothing up in a table of weights'],
  weightNoMatrix: ['its weight is no matrix'],
  transA: ['transA is set, which the int8 kernel does not take'],
  weightSparse: ['its weight is stored sparse, for which there is no int8 form'],
  boundsWithoutZero: ['its bounds leave out zero, which every quantized range holds'],
  looksUpColumns: ['it looks up columns, and a packed table has rows'],
  behindSelection: ['it works on what {node} selected, and int8 can change how much that is'],
  typeNotIncluded: ['op type {op} is not among the included ones'],
  normAlone: ['this BatchNormalization has no layer beside it that it could be folded into'],
  exactInFloat: ['nothing behind it is int8; in float it costs nothing and is exact'],
  nothingBehind: ['nothing behind it is int8'],
  operandsFloat: ['both its operands are computed in float'],
  opsetOfInt8: ['{op} takes int8 from opset {#from} on'],
  opsetTooOld: ['{op} takes int8 from opset {#from} on; this model has opset {#opset}'],
  biasNoRow: ['its bias is not one value a column'],
  noInt8Kernel: ['there is no int8 kernel for it'],
  noPackedKernel: ['ONNX Runtime computes no {op} with weights of {#bits} bits'],
  notOfMatMulNBits: ['its {name} is not what MatMulNBits computes with'],
  comparedBeforeSelection: [
    '"{node}" hands out as many results as it finds, which int8 can change: both models are compared before it, at {tensors}. What works on its results stays in float (layers with weights: {#count}).',
  ],
};

/** Each with its code. */
export const formerPhrases: readonly (readonly [english: string, code: string])[] = Object.entries(
  formerSentences,
).flatMap(([code, sentences]) => sentences.map((english) => [english, code] as const));
