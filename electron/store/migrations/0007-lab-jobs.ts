/**
 * Jobs that were submitted to a lab from here and whose end is not in the history yet: what was asked for, so that a result that is
 * fetched days later, by another process, becomes the run that was meant, and a failure does not go unrecorded.
 */
export const sql = `
create table lab_jobs (
  jobId text primary key,
  runId text not null,
  kind text not null check (kind in ('compress', 'prove')),
  place text not null,
  submittedTimestampMs integer not null,
  requestJson text not null check (json_valid(requestJson)),
  marksJson text not null check (json_valid(marksJson))
) strict, without rowid;
`;
