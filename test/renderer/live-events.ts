import type { EngineEvent } from '../../shared/events.ts';
import type { RunDocument } from '../../shared/run.ts';

/** What an engine would have told by the middle of its latency stage, put together from a finished run's figures. */
export function eventsOf(document: RunDocument): EngineEvent[] {
  const events: EngineEvent[] = [
    { type: 'progress', stage: 'prepare', done: 1, total: 1, unit: 'model', detail: '' },
    { type: 'log', level: 'info', message: `${document.model.original.path}: opset ${document.model.original.opset}` },
    { type: 'progress', stage: 'calibrate', done: 100, total: 100, unit: 'samples', detail: '' },
  ];
  for (const range of document.ranges)
    events.push({ type: 'range', tensor: range.tensor, min: range.min, max: range.max });
  for (const candidate of document.candidates) {
    events.push({
      type: 'log',
      level: 'info',
      message: `candidate ${candidate.name}: SQNR ${candidate.sqnrDb?.toFixed(1) ?? 'identical'} dB`,
    });
  }
  for (const diagnostic of document.diagnostics) events.push({ type: 'diagnostic', diagnostic });
  events.push({
    type: 'progress',
    stage: 'latency',
    done: 1800,
    total: 4000,
    unit: 'inferences',
    detail: 'interleaved, fresh processes',
  });
  events.push({ type: 'latency', variant: 'before', samplesMs: document.latency.before.samplesMs.slice(0, 350) });
  events.push({ type: 'latency', variant: 'after', samplesMs: document.latency.after.samplesMs.slice(0, 350) });
  return events;
}
