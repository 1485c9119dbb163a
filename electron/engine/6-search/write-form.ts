import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { isStatic, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { ModelProto } from '../onnx/proto/onnx_pb.js';
import { useIntegerOperators } from '../schemes/int8-static/integer-operators.ts';

interface WrittenForm {
  readonly model: ModelProto;
  readonly diagnostics: readonly Diagnostic[];
}

interface Found {
  readonly plan: QuantizationPlan;
  readonly quantized: { readonly model: ModelProto };
}

/** Puts what the search found into the form that the recipe asks for; candidates are in QDQ form, of which ONNX Runtime makes the same. */
export function writeForm(
  { plan, quantized: { model } }: Found,
  { format, symmetricActivations }: Pick<Recipe, 'format' | 'symmetricActivations'>,
): WrittenForm {
  if (format === 'qdq') return { model, diagnostics: [] };
  const made = useIntegerOperators(model, new Set(plan.nodes.filter(isStatic).map(({ node }) => node)));
  const inform = (code: string, message: Reason): Diagnostic => ({ severity: 'info', code, message, node: null });
  if (made.used.length === 0)
    return { model, diagnostics: [inform('no-integer-operators', say('integerOperatorsNone'))] };
  const diagnostics = [inform('integer-operators', say('integerOperators', { operators: made.used.join(', ') }))];
  if (made.kept.length > 0) {
    diagnostics.push(
      inform('no-integer-operator', say('integerOperatorsMissing', { operators: made.kept.join(', ') })),
    );
  }
  if (symmetricActivations) diagnostics.push(inform('int8-products-slow', say('int8ProductsSlow')));
  return { model: made.model, diagnostics };
}
