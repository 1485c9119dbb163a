import { z } from 'zod';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { prepareOnce, readStore, writeStore, type Store } from './database.ts';
import type { RunMarks } from './run-marks.ts';
import { parseStoredRequest } from './stored-request.ts';

/** A job of a lab that was submitted from here and whose end is not recorded yet. */
export interface OwnLabJob {
  readonly jobId: string;
  readonly kind: 'compress' | 'prove';
  /** NAME, label=KEY=VALUE or any. */
  readonly place: string;
  readonly submittedTimestampMs: number;
  readonly request: CompressRequest;
  readonly marks: Pick<RunMarks, 'name' | 'notes' | 'tags'>;
}

const marksSchema = z.object({
  name: z.string().default(''),
  notes: z.string().default(''),
  tags: z.array(z.string()).default([]),
});

interface StoredJob {
  readonly jobId: string;
  readonly kind: OwnLabJob['kind'];
  readonly place: string;
  readonly submittedTimestampMs: number;
  readonly requestJson: string;
  readonly marksJson: string;
}

export function keepLabJob(store: Store, { request, marks, ...job }: OwnLabJob): void {
  writeStore(store, (database) =>
    prepareOnce(
      database,
      `insert into lab_jobs (jobId, runId, kind, place, submittedTimestampMs, requestJson, marksJson)
         values (@jobId, @runId, @kind, @place, @submittedTimestampMs, @requestJson, @marksJson) on conflict do nothing`,
    ).run({ ...job, runId: request.runId, requestJson: JSON.stringify(request), marksJson: JSON.stringify(marks) }),
  );
}

/** Oldest first. What no version of Vernier wrote is left out: a history may come from anywhere. */
export function listLabJobs(store: Store): OwnLabJob[] {
  const stored = readStore(store, (database) =>
    prepareOnce<[], StoredJob>(
      database,
      `select jobId, kind, place, submittedTimestampMs, requestJson, marksJson from lab_jobs
         order by submittedTimestampMs, jobId`,
    ).all(),
  );
  return stored.flatMap(({ requestJson, marksJson, ...job }) => {
    const request = parseStoredRequest(requestJson);
    const marks = marksSchema.safeParse(JSON.parse(marksJson));
    return request !== null && marks.success ? [{ ...job, request, marks: marks.data }] : [];
  });
}

export function findLabJob(store: Store, jobId: string): OwnLabJob | null {
  return listLabJobs(store).find((job) => job.jobId === jobId) ?? null;
}

/** Its end is recorded, or nobody will ever know it. */
export function forgetLabJob(store: Store, jobId: string): void {
  writeStore(store, (database) => prepareOnce(database, 'delete from lab_jobs where jobId = ?').run(jobId));
}
