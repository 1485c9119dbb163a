import { cutText } from '../../../shared/cut-text.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { onnxRuntimeVersion } from './runtime-version.ts';

/**
 * What ONNX Runtime means when it refuses a model: which operator, why, and what to do. Patterns match its messages (core/graph,
 * core/framework/session_state_utils, core/session); each is short, and none goes back over what it matched.
 */
const explanations: readonly (readonly [pattern: RegExp, explain: (...groups: readonly string[]) => Told])[] = [
  [
    /Opset (\d+) is under development[^]*domain (\S+) is till opset (\d+)/,
    (opset, domain, newest) =>
      tell('refusedOpset', { opset: opset, domain: domain, version: onnxRuntimeVersion, newest: newest }),
  ],
  [
    /Unsupported model IR version: (\d+), max supported IR version: (\d+)/,
    (version, newest) => tell('refusedIrVersion', { version: version, runtime: onnxRuntimeVersion, newest: newest }),
  ],
  [
    /([\w.]+):(\w+)\(-?\d+\) is not a registered function\/op/,
    (domain, operator) => tell('refusedDomain', { operator: operator, domain: domain, runtime: onnxRuntimeVersion }),
  ],
  [
    /\("([^"]*)", (\w+), "([^"]*)"[^]*No Op registered for \w+ with domain_version of (\d+)/,
    (node, operator, domain, version) =>
      tell('refusedOperator', {
        node: node,
        operator: operator,
        version: version,
        domain: domain === '' ? 'ai.onnx' : domain,
      }),
  ],
  [
    /Could not find an implementation for (\w+)\(\d+\) node with name '([^']*)'/,
    (operator, node) => tell('refusedDataType', { operator: operator, node: node }),
  ],
  [
    /Type 'tensor\((\w+)\)' of input parameter \(([^)]*)\) of operator \((\w+)\) in node \(([^)]*)\) is invalid/,
    (type, input, operator, node) =>
      tell('refusedInputType', { operator: operator, node: node, type: type, input: input }),
  ],
  [
    /of Optype \((\w+)\) bound to different types \(tensor\((\w+)\) and tensor\((\w+)\) in node \(([^)]*)\)/,
    (operator, first, second, node) =>
      tell('refusedMixedTypes', { operator: operator, node: node, first: first, second: second }),
  ],
  [
    /\("([^"]*)", (\w+), [^]*Error Unrecognized attribute: (\S+) for operator/,
    (node, operator, attribute) => tell('refusedAttribute', { operator: operator, node: node, attribute: attribute }),
  ],
  [
    /Node \(([^)]*)\) Op \((\w+)\) \[ShapeInferenceError\] ([^]+)/,
    (node, operator, reason) => tell('refusedShapes', { operator: operator, node: node, reason: shorten(reason) }),
  ],
  [
    /Non-zero status code returned while running (\w+) node\. Name:'([^']*)' Status Message: ([^]+)/,
    (operator, node, reason) => tell('refusedInRun', { operator: operator, node: node, reason: shorten(reason) }),
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
export function explainRefusal(error: unknown): Told {
  const message = withoutSource((error instanceof Error ? error.message : String(error)).slice(0, longestMessage));
  for (const [pattern, explain] of explanations) {
    const match = pattern.exec(message);
    if (match !== null) return explain(...match.slice(1));
  }
  return tell('refusedOtherwise', { message: shorten(message) });
}
