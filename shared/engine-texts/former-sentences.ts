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
  boxesRead: [
    'The model is taken for a detector: its output "{outputs}" is read as boxes, in the way of {kind}. If that is wrong, say how with --head, or what the model is for with --task.',
  ],
  boxesThere: ['"{path}" ({format}) says which boxes are right: {#count} in {#images} images.'],
  masksThere: ['The masks in "{path}" say the class of each pixel of {#count} images: {classes}.'],
  imagesWithoutBoxes: [
    '{#count} of {#images} images have no file in "{path}": they are taken as images without boxes.',
  ],
  samplesRepeat: ['{#count} sample(s) repeat the content of another; copies were kept on the same side of the split.'],
  labelsContradict: [
    '{#count} sample(s) occur more than once with different labels, first sample {#first}; no model can get these all right.',
  ],
  fewSamples: [
    'Only {#count} samples: ranges may miss what the model meets in use, and accuracy is uncertain. A few hundred are better.',
  ],
  arraysLeftOut: ['Arrays that no input of the model is named after are left out: {names}.'],
  arrayConverted: ['The array "{name}" is {from}; it is converted to the model\'s {to}.'],
  arrayTakenForInput: ['The array "{name}" is taken for the model\'s input "{input}".'],
  imageSizesDiffer: ['The images differ in size after preprocessing, so the model runs on one at a time.'],
  exifOrientation: [
    "{#count} image(s) carry an EXIF orientation; pixels are used as stored, as torchvision and Hugging Face image processors do. Pipelines that turn images upright first (transformers' load_image) see others: turn the files to have theirs.",
  ],
  grey16: [
    '{#count} image(s) are 16-bit grey; they are scaled to 8 bits, where Pillow\'s convert("RGB") clips nearly all to white.',
  ],
  imagesLeftOut: [
    '{#count} image(s) of kinds that cannot be decoded are left out, such as "{name}". Convert them to PNG or JPEG to use them.',
  ],
  oneSubfolder: ['All images lie in the one subfolder "{name}": they are taken as unlabelled.'],
  labelsByName: ['Labels in "{path}" belong to the images in the order of their names.'],
  labelsInOrder: ['Labels in "{path}" belong to the samples in their order.'],
  labelColumnInOrder: ['Labels in "{path}", column "{column}", belong to the samples in their order.'],
  namesMatched: [
    'Names in "{path}" are matched to the images also without extension or by the end of the path: "{name}" is taken for "{image}".',
  ],
  classesListed: [
    'Class names are numbered as "{path}" lists them: {classes}. The model must have been trained with the same order.',
  ],
  classFolders: [
    "Labels are the class folders in sorted order, as torchvision's ImageFolder numbers them: {classes}. The model must have been trained with the same order.",
  ],
  classFolderNumber: [
    'The class folder "{name}" became class {#index}, not its number. If the numbers are the classes, give a labels.csv (file,label).',
  ],
  noiseSamples: [
    '{#count} samples of seeded noise instead of data: calibrated ranges, accuracy and agreement mean nothing for real inputs.',
  ],
  targetsUnused: [
    'The targets "{name}" could not be used: the output they belong to is not among what is compared, or what they would be measured by has no value on these samples.',
  ],
  targetsTaken: ['The array "{name}" holds the targets: both models are compared with it.'],
  targetsTakenOf: ['The array "{name}" holds the targets of output "{output}": both models are compared with it.'],
  readAsTexts: [
    'The output is read as texts (CTC: the best character of each step, repeats once, blanks left out) of the {#count} characters in "{file}", class 0 being the blank.',
  ],
  forUnseenInputs: ['for inputs that calibration did not see'],
  tensorRunsChanged: ['{#count} of {#all} runs of tensors changed method'],
  pairsSaturate: ['this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate'],
  layersForGoal: ['for the goal: {mix} ({size})'],
  floatNoisy: [
    'float: {#count} layers that make most of the noise',
    'float: {#count} layer that makes most of the noise',
  ],
  floatNoisyRound: [
    'float: {#count} layers that make most of the noise, round {#round}',
    'float: {#count} layer that makes most of the noise, round {#round}',
  ],
  floatNoisyLayers: ['float: layers that make the noise'],
  goalWithinMissed: [
    'Within {limit} is out of reach: the closest that was found has {size} at {closeness}, on the samples that candidates are compared on; the search began from {closenessBefore}.',
  ],
  goalWithinPoints: [
    'Within {limit}: {size}, and {#points} points of answers lost on average on the samples that candidates are compared on; without the limit {sizeBefore} and {#pointsBefore} points.',
  ],
  goalWithinPointsMissed: [
    'Within {limit} is out of reach: the closest that was found has {size}, and loses {#points} points of answers on average on the samples that candidates are compared on; the search began from {#pointsBefore} points.',
  ],
  goalSizeMissed: [
    '{limit} is out of reach: the smallest that keeps {least} has {size} at {closeness}. Allow more room with --max-size, or more loss with --within.',
  ],
  goalNotLooked: [
    'The search was stopped before it came to the limits of the goal ({limits}): nothing was done for them.',
  ],
  goalNoClasses: [
    'Within {limit} cannot be told: no output ranks classes, so there are no answers to count. Give the limit in dB, such as --within 1dB.',
  ],
  goalNeedsDirection: [
    'Within {limit} changed nothing: with --goal size it looks for the smallest, with --goal speed for the fastest.',
  ],
  calibrationStopped: [
    'Calibration was stopped after {#done} of {#most} samples: ranges are those of the samples it saw.',
  ],
  effectsStopped: [
    'What layers cost the output was measured of {#done} layers, on {#samples} samples, when its time was over.',
  ],
  searchStopped: [
    'The search was stopped after {#done} of at most {#most} candidates: what was best by then was taken, and more time might find better.',
  ],
  searchLate: [
    'When the time was up there was no model to end with: the first one was finished, which took {#seconds} s more.',
  ],
  noPreprocessor: [
    'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels divided by 255. If the model was trained with another preprocessing, accuracy figures are wrong: --preprocess names the usual ones.',
  ],
  noPreprocessorLevels: [
    'No preprocessor_config.json: images are resized to {size} (bilinear, not cropped), {order}, levels 0 to 255 as they are. If the model was trained with another preprocessing, accuracy figures are wrong: --preprocess names the usual ones.',
  ],
  noPreprocessorLine: [
    'No preprocessor_config.json: images are resized to a height of {#height} in their own shape (bilinear), {order}, levels divided by 255. If the model was trained with another preprocessing, accuracy figures are wrong: --preprocess names the usual ones.',
  ],
  noPreprocessorLineLevels: [
    'No preprocessor_config.json: images are resized to a height of {#height} in their own shape (bilinear), {order}, levels 0 to 255 as they are. If the model was trained with another preprocessing, accuracy figures are wrong: --preprocess names the usual ones.',
  ],
  imageSizeAssumed: [
    "The model's input {input} takes images of any size: {size} is assumed. If it is used at another, fix the open dimensions with --dim.",
  ],
  modelDecidesFormat: [
    "The preprocessor configuration says {told}, but the model's input {input} is {format}: the model decides.",
  ],
  levelsAsTheyAre: ["The model's input {input} takes levels 0 to 255: they are not rescaled or normalized."],
  preprocessed: ['Images are preprocessed as "{path}" ({type}) says: {resize} ({filter}); {crop}; {values}; {order}.'],
  preprocessedUnsized: ['Images are preprocessed as "{path}" ({type}) says: not resized; {crop}; {values}; {order}.'],
  noType: ['no type named'],
  cutThenResized: ['cut to {share} of the shorter edge, then {resize}'],
  resizedInside: ['resized to lie inside {size}'],
  resizedNear: ['resized near {size} in its shape, to multiples of {#multiple}'],
  putInto: ['put into the middle of {size}, filled up with level {level}'],
  levelsUnchanged: ['levels as they are'],
  lessMean: ['{values}, less {mean} and divided by {std}'],
  lessOffset: ['{values}, less {#offset}'],
  dividedAgain: ['{values}, divided by {std} once more'],
  fieldsDefaulted: ['"{path}" leaves out {fields}: the defaults of {type} are used.'],
  processorUnknown: ['Vernier does not know the image processor "{type}": only what its configuration says is done.'],
  padNotApplied: [
    '"do_pad" of the preprocessor configuration is not applied: images are fed as they are, not padded to the largest of a batch.',
  ],
  normalizeNotApplied: ['"do_normalize" of the preprocessor configuration is not applied: {type} does not normalize.'],
  noResample: ['The preprocessor configuration names no resample filter: bilinear is used.'],
  flippedToBgr: ['Channels are flipped to BGR before normalizing: image_mean and image_std are read in BGR order.'],
  stepNotApplied: ['"{step}" of the preprocessor configuration is not applied: Vernier does not know this step.'],
  preprocessorUnused: ['"{path}" is not used: only images are preprocessed, other data is fed as it is.'],
  textFolder: ['The texts are those of {#count} files in "{folder}", in the order of their names.'],
  wordsCutOff: [
    'Words that are cut off with the end of a long text, or that have no token, are not compared: {#count}.',
  ],
  answersRead: [
    'The outputs "{start}" and "{end}" say where the answer to a question stands in its text; texts too long are cut, not read in pieces.',
  ],
  textColumn: ['The texts are those of "{text}" in "{file}".'],
  textAndLabelColumns: ['The texts are those of "{text}" in "{file}", the labels those of "{label}".'],
  pairColumns: ['Each sample is two texts of "{file}": "{text}" and "{pair}".'],
  pairAndLabelColumns: [
    'Each sample is two texts of "{file}", "{text}" and "{pair}"; the labels are those of "{label}".',
  ],
  scoresAreTargets: ['The scores in "{file}" are what the output should be: both models are compared with them.'],
  textLabelsByName: ['The labels are names, numbered as in "{file}".'],
  textsCut: ['Texts of {#most} tokens or more are cut to that many: {#count}.'],
  textsWithoutTokens: ['Texts of fewer than {#fewest} tokens are left out: {#count}.'],
  emptyTextsLeftOut: ['Samples without a text are left out: {#count}, the first in line {#line}.'],
  documentCut: [
    'The text of {#tokens} tokens is cut into {#blocks} samples of {#length} tokens, one behind the other.',
  ],
  documentLeftOut: ['The text is longer than is measured: its first {#tokens} tokens are used.'],
  tokensFed: [
    'Texts are fed to "{input}" as tokens of "{file}", each in its own length: {#shortest} to {#longest}, half of them up to {#middle}.',
  ],
  tokensFilledUp: [
    'Texts are fed to "{input}" as tokens of "{file}", filled up to the {#length} that the model takes: {#shortest} to {#longest} of their own, half of them up to {#middle}.',
  ],
};

/** Each with its code. */
export const formerPhrases: readonly (readonly [english: string, code: string])[] = Object.entries(
  formerSentences,
).flatMap(([code, sentences]) => sentences.map((english) => [english, code] as const));
