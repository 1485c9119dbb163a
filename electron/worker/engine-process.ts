/**
 * Entry of the engine process: one job, one answer, then the end. Started by engine-client.ts, which owns its life.
 * Nothing here may write to stdout: that is the host's, and native libraries print to it as they please.
 */
import { rmSync } from 'node:fs';
import { AppError, assertNever, serializeError, type SerializedError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { assertAllowed, assertModelAllowed, type AllowedFolders } from '../engine/files/allowed-folders.ts';
import { connectToHost } from './host-port.ts';
import type { EngineJob, EngineJobKind, EngineJobResults } from './protocol.ts';
import { watchEngine } from './watch-engine.ts';

/** How long a job may tidy up after the host has gone, before this process ends itself. */
const orphanGraceMs = 800;

const controller = new AbortController();
const enough = new AbortController();

const { send, onMessage, onDisconnect, spawnChild } = connectToHost();

/** Errors that reach this point as the file system or the allocator threw them get their user-facing form here. */
function explainError(error: unknown): SerializedError {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const path = error instanceof Error ? (error as NodeJS.ErrnoException).path : undefined;
  const file = path === undefined ? tell('someFile') : tell('nameQuoted', { name: path });
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return serializeError(new AppError('disk-full', tell('diskFullRunAgain', { file })));
  }
  if (code === 'ENOENT') return serializeError(new AppError('file-not-found', tell('fileNotThere', { file })));
  if (code === 'EACCES' || code === 'EPERM' || code === 'EISDIR') {
    return serializeError(new AppError('file-unreadable', tell('fileNotOpened', { file, reason: code })));
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/bad_alloc|failed to allocate memory|array buffer allocation failed|invalid typed array length/i.test(message)) {
    return serializeError(new AppError('out-of-memory', tell('memoryShort', { reason: message.slice(0, 200) })));
  }
  return serializeError(error);
}

async function runJob(job: EngineJob, allowedFolders: AllowedFolders): Promise<EngineJobResults[EngineJobKind]> {
  assertNamesAllowed(job, allowedFolders);
  const context = {
    signal: controller.signal,
    enough: enough.signal,
    onEvent: (event: EngineEvent) => send({ type: 'event', event }),
    spawnChild,
    allowedFolders,
  };
  // Loaded per job: `inspect` should not wait for what only `compress` needs.
  switch (job.kind) {
    case 'compress': {
      const { compress } = await import('../engine/compress.ts');
      return compress(job.request, { ...context, customMetric: job.customMetric ?? null });
    }
    case 'prove': {
      const { proveModel } = await import('../engine/prove.ts');
      return proveModel(job.request, context);
    }
    case 'measure-again': {
      const { measureAgain } = await import('../engine/measure-again.ts');
      return measureAgain(job.request, job.before, context);
    }
    case 'plan': {
      const { planModel } = await import('../engine/plan-model.ts');
      return planModel(job.request, context);
    }
    case 'inspect': {
      const { inspectModel } = await import('../engine/inspect.ts');
      return inspectModel(job.modelPath, { dims: job.dims }, context);
    }
    case 'bench': {
      const { benchModels } = await import('../engine/bench.ts');
      return benchModels(job.request, context);
    }
    case 'preview': {
      const { previewData } = await import('../engine/preview.ts');
      return previewData(job, allowedFolders);
    }
    case 'diff': {
      const { diffModels } = await import('../engine/diff.ts');
      return diffModels(job.modelPaths, context);
    }
    case 'network': {
      const { readNetwork } = await import('../engine/network.ts');
      return readNetwork(job.models, context);
    }
    case 'doctor': {
      const { checkEngine } = await import('./check-engine.ts');
      return checkEngine();
    }
    default:
      return assertNever(job);
  }
}

/** The host looked when it was asked; since then a run may have waited for hours. Data is looked at where it is opened. */
function assertNamesAllowed(job: EngineJob, allowedFolders: AllowedFolders): void {
  switch (job.kind) {
    case 'compress':
    case 'prove':
    case 'measure-again':
    case 'plan':
      assertModelAllowed(job.request.modelPath, allowedFolders);
      assertAllowed(job.request.outPath, allowedFolders);
      if (job.request.preparedPath !== null) assertAllowed(job.request.preparedPath, allowedFolders);
      return;
    case 'inspect':
    case 'preview':
      assertModelAllowed(job.modelPath, allowedFolders);
      return;
    case 'network':
      for (const { path } of job.models) assertModelAllowed(path, allowedFolders);
      return;
    case 'diff':
      for (const path of job.modelPaths) assertModelAllowed(path, allowedFolders);
      return;
    case 'bench':
      for (const path of job.request.modelPaths) assertModelAllowed(path, allowedFolders);
      return;
    case 'doctor':
      return;
    default:
      assertNever(job);
  }
}

/** Ends this process and, where it leads a process group, everything it started. */
function endGroup(): never {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // Not a group leader (Windows, or started by hand): children end by themselves when their channel closes.
  }
  process.exit(1);
}

function leaveAsOrphan(): void {
  controller.abort();
  setTimeout(() => {
    const folder = process.env['VERNIER_SCRATCH'];
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    endGroup();
  }, orphanGraceMs);
}

watchEngine();

let started = false;

onDisconnect(leaveAsOrphan);
onMessage((message) => {
  switch (message.type) {
    case 'enough':
      enough.abort();
      return;
    case 'cancel':
      controller.abort();
      return;
    case 'start':
      if (started) return;
      started = true;
      runJob(message.job, message.allowedFolders).then(
        (result) => send({ type: 'result', result }),
        (error: unknown) => send({ type: 'error', error: explainError(error) }),
      );
      return;
    case 'child-port':
    case 'child-exit':
      // The port's own business.
      return;
    default:
      assertNever(message);
  }
});
process.on('uncaughtException', (error) => {
  send({ type: 'error', error: explainError(error) }, () => process.exit(1));
});
