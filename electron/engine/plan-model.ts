import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { QuantizationPlan } from './2-plan/quantization-plan.ts';
import { analyzeModel } from './2-plan/analyze-model.ts';
import type { EngineContext } from './job/engine-context.ts';
import { RunLog } from './job/run-log.ts';

/** The plan the recipe leads to before anything is calibrated or measured: what `--plan` prints. */
export async function planModel(request: CompressRequest, context: EngineContext): Promise<QuantizationPlan> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-plan-'));
  try {
    const { plan, dataset } = await analyzeModel(request, workFolder, new RunLog(context), context.allowedFolders);
    await dataset.close();
    return plan;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}
