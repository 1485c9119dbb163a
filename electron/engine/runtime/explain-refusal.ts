import { cutText } from '../../../shared/cut-text.ts';
import { onnxRuntimeVersion } from './runtime-version.ts';

/**
 * What ONNX Runtime means when it refuses a model: which operator, why, and what to do. Patterns match its messages (core/graph,
 * core/framework/session_state_utils, core/session); each is short, and none goes back over what it matched.
 */
const explanations: readonly (readonly [pattern: RegExp, explain: (...groups: readonly string[]) => string])[] = [
  [
    /Opset (\d+) is under development[^]*domain (\S+) is till opset (\d+)/,
    (opset, domain, newest) =>
      `it uses opset ${opset} of ${domain}, and ONNX Runtime ${onnxRuntimeVersion} knows opsets up to ${newest}. Export it with an older one.`,
  ],
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    (version, newest) =>
      `it is of IR version ${version}, and ONNX Runtime ${onnxRuntimeVersion} knows versions up to ${newest}. Export it with an older onnx package, or set model.ir_version = ${newest} and save it again.`,
  ],
  [
    /([\w.]+):(\w+)\(-?\d+\) is not a registered function\/op/,
    (domain, operator) =>
      `it has the operator ${operator} of the domain "${domain}", which ONNX Runtime ${onnxRuntimeVersion} does not know. Export the model in standard operators, or cut it before this one.`,
  ],
  [
    /\("([^"]*)", (\w+), "([^"]*)"[^]*No Op registered for \w+ with domain_version of (\d+)/,
    (node, operator, domain, version) =>
      `node "${node}" wants the operator ${operator}, which opset ${version} of ${domain === '' ? 'ai.onnx' : domain} does not have. Export the model in standard operators, with the opset that has them.`,
  ],
  [
    /Could not find an implementation for (\w+)\(\d+\) node with name '([^']*)'/,
    (operator, node) =>
      `ONNX Runtime's CPU provider has no ${operator} for the data type at node "${node}". Export the model in float32.`,
  ],
  [
    /Type 'tensor\((\w+)\)' of input parameter \(([^)]*)\) of operator \((\w+)\) in node \(([^)]*)\) is invalid/,
    (type, input, operator, node) =>
      `${operator} node "${node}" takes no ${type}, the type of its input "${input}". Export the model in float32.`,
  ],
  [
    /of Optype \((\w+)\) bound to different types \(tensor\((\w+)\) and tensor\((\w+)\) in node \(([^)]*)\)/,
    (operator, first, second, node) =>
      `${operator} node "${node}" gets ${first} and ${second}, and both have to be of one type. Export the model again.`,
  ],
  [
    /\("([^"]*)", (\w+), [^]*Error Unrecognized attribute: (\S+) for operator/,
    (node, operator, attribute) =>
      `${operator} node "${node}" has the attribute "${attribute}", which this operator does not have in the model's opset. Export the model again.`,
  ],
  [
    /Node \(([^)]*)\) Op \((\w+)\) \[ShapeInferenceError\] ([^]+)/,
    (node, operator, reason) =>
      `the shapes at ${operator} node "${node}" do not fit: ${shorten(reason)}. Export the model again, and check it with onnx.checker.`,
  ],
  [
    /Non-zero status code returned while running (\w+) node\. Name:'([^']*)' Status Message: ([^]+)/,
    (operator, node, reason) =>
      `${operator} node "${node}" failed: ${shorten(reason)}. Check that the sizes (--dim) and the values of the data are ones that the model takes.`,
  ],
];

/** C++ source positions and signatures, which tell users nothing. */
function withoutSource(message: string): string {
  return message
    .replaceAll(/\/[^\s:]*\/onnxruntime\/\S*\.(?:cc|h):\d+ /g, '')
    .replaceAll(/\bonnxruntime::[\w:~]+\([^()]*(?:\([^()]*\)[^()]*)*\)(?: const)? ?/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

/** Longer messages hold whole graphs. */
const longestMessage = 10_000;
const longestReason = 600;

const shorten = (reason: string): string => cutText(reason, longestReason).replace(/[.\s]+$/, '');

/** What ONNX Runtime said, as the end of a sentence that says what to do next. */
export function explainRefusal(error: unknown): string {
  const message = withoutSource((error instanceof Error ? error.message : String(error)).slice(0, longestMessage));
  for (const [pattern, explain] of explanations) {
    const match = pattern.exec(message);
    if (match !== null) return explain(...match.slice(1));
  }
  return `${shorten(message)}. Try it with onnxruntime.InferenceSession in Python: what does not run there does not run here; export it again.`;
}
