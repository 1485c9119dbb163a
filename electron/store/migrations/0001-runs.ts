/**
 * Runs and what belongs to them. `documentJson` is the source of truth; every other column and table is derived from it
 * in the same transaction, so that lists, filters and comparisons need not parse documents.
 */
export const sql = `
create table runs (
  runId text not null primary key,
  status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  startedTimestampMs integer not null,
  durationMs real,
  modelPath text not null,
  modelSha256 text,
  dataPath text,
  recipeName text not null,
  threads integer not null,
  sizeBytesBefore integer,
  sizeBytesAfter integer,
  speedupRatio real,
  latencyMedianMsBefore real,
  latencyMedianMsAfter real,
  accuracyMetric text check (accuracyMetric in ('top1', 'agreement')),
  accuracyBefore real,
  accuracyAfter real,
  top1AgreementShare real,
  randomData integer not null check (randomData in (0, 1)),
  gatesMet integer check (gatesMet in (0, 1)),
  errorCode text,
  errorMessage text,
  -- Where a running run had got to, so that one whose process died can say so.
  lastStage text,
  lastSeenTimestampMs integer not null,
  processId integer not null,
  hostName text not null,
  requestJson text not null check (json_valid(requestJson)),
  documentJson text check (json_valid(documentJson)),
  check ((status in ('done', 'failed', 'cancelled')) = (documentJson is not null))
) strict;

create index runsByStart on runs (startedTimestampMs desc);
create index runsByStatus on runs (status, startedTimestampMs desc);
create index runsByModel on runs (modelSha256, startedTimestampMs desc);

create table run_layers (
  runId text not null references runs (runId) on delete cascade,
  position integer not null,
  name text not null,
  opType text not null,
  parameters integer not null,
  macs integer not null,
  weightBits integer not null,
  activationBits integer not null,
  quantized integer not null check (quantized in (0, 1)),
  reason text not null,
  bytesBefore integer not null,
  bytesAfter integer not null,
  latencyMsBefore real,
  latencyMsAfter real,
  sqnrDb real,
  primary key (runId, position)
) strict, without rowid;

create table run_ledger (
  runId text not null references runs (runId) on delete cascade,
  position integer not null,
  claim text not null,
  valueBefore real not null,
  valueAfter real not null,
  ratio real not null,
  ratioLow real,
  ratioHigh real,
  unit text not null,
  primary key (runId, position)
) strict, without rowid;

create table run_samples (
  runId text not null references runs (runId) on delete cascade,
  variant text not null check (variant in ('before', 'after')),
  position integer not null,
  latencyMs real not null,
  primary key (runId, variant, position)
) strict, without rowid;

create table run_artifacts (
  runId text not null references runs (runId) on delete cascade,
  kind text not null check (kind in ('model', 'export')),
  path text not null,
  sha256 text not null check (length(sha256) = 64),
  sizeBytes integer not null,
  createdTimestampMs integer not null,
  primary key (runId, path)
) strict, without rowid;

create index artifactsByPath on run_artifacts (path);
`;
