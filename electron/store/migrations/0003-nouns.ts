/**
 * One table per noun, and a `runs` table narrow enough to be listed: the documents, which may be megabytes, move to a table
 * of their own, so that no list, filter or sort ever walks past them. `run_documents.documentJson` stays the source of
 * truth; everything else about a run's results is derived from it in the same transaction.
 *
 * A run is referred to by `runKey`, eight bytes in place of a UUID of 36, and the order in which runs were recorded here.
 *
 * Each sort index holds the columns that lists filter by as well, so that a page at any depth is found in the index alone.
 * Deleted runs are in none of them; that the column is there all the same lets SQLite answer from the index alone.
 */
export const sql = `
create table models (
  modelKey integer primary key,
  sha256 text not null unique check (length(sha256) = 64),
  sizeBytes integer not null,
  opset integer not null,
  producer text not null,
  inputsJson text not null check (json_valid(inputsJson)),
  outputsJson text not null check (json_valid(outputsJson))
) strict;

create table datasets (
  datasetKey integer primary key,
  sha256 text not null unique check (length(sha256) = 64),
  kind text not null,
  sampleCount integer not null,
  labelled integer not null check (labelled in (0, 1))
) strict;

create table recipes (
  recipeKey integer primary key,
  recipeJson text not null unique check (json_valid(recipeJson))
) strict;

alter table runs rename to old_runs;

create table runs (
  runKey integer primary key,
  runId text not null unique,
  status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
  startedTimestampMs integer not null,
  durationMs real,
  name text not null,
  starred integer not null check (starred in (0, 1)),
  -- Deleted where it can be undone; null for runs that are there.
  deletedTimestampMs integer,
  -- Null for runs that were made here.
  importedTimestampMs integer,
  modelPath text not null,
  dataPath text,
  recipeName text not null,
  originalModelKey integer references models (modelKey),
  compressedModelKey integer references models (modelKey),
  datasetKey integer references datasets (datasetKey),
  recipeKey integer not null references recipes (recipeKey),
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
  -- What a list shows as the run's name: people's own, else the model.
  shownName text generated always as (case name when '' then modelPath else name end) virtual
) strict;

create table run_documents (
  runKey integer primary key references runs (runKey) on delete cascade,
  requestJson text not null check (json_valid(requestJson)),
  -- Null until the run has ended.
  documentJson text check (json_valid(documentJson))
) strict;

create table layers (
  runKey integer not null references runs (runKey) on delete cascade,
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
  primary key (runKey, position)
) strict, without rowid;

create table ledger (
  runKey integer not null references runs (runKey) on delete cascade,
  position integer not null,
  claim text not null,
  valueBefore real not null,
  valueAfter real not null,
  ratio real not null,
  ratioLow real,
  ratioHigh real,
  unit text not null,
  primary key (runKey, position)
) strict, without rowid;

create table samples (
  runKey integer not null references runs (runKey) on delete cascade,
  variant text not null check (variant in ('before', 'after')),
  position integer not null,
  latencyMs real not null,
  primary key (runKey, variant, position)
) strict, without rowid;

create table artifacts (
  runKey integer not null references runs (runKey) on delete cascade,
  -- A model that keeps its weights outside has a data file beside it.
  kind text not null check (kind in ('model', 'model-data', 'export')),
  path text not null,
  sha256 text not null check (length(sha256) = 64),
  sizeBytes integer not null,
  createdTimestampMs integer not null,
  primary key (runKey, path)
) strict, without rowid;

create table notes (
  runKey integer primary key references runs (runKey) on delete cascade,
  text text not null check (text <> ''),
  changedTimestampMs integer not null
) strict;

create table tags (
  tagKey integer primary key,
  name text not null unique check (name <> '')
) strict;

create table run_tags (
  runKey integer not null references runs (runKey) on delete cascade,
  tagKey integer not null references tags (tagKey),
  primary key (runKey, tagKey)
) strict, without rowid;

create table comparisons (
  comparisonKey integer primary key,
  name text not null unique check (name <> ''),
  createdTimestampMs integer not null
) strict;

create table comparison_runs (
  comparisonKey integer not null references comparisons (comparisonKey) on delete cascade,
  -- 0 is the baseline.
  position integer not null,
  runKey integer not null references runs (runKey) on delete cascade,
  primary key (comparisonKey, position)
) strict, without rowid;

-- Files that are being written or removed right now. What is left of a process that was killed is named here.
create table pending_files (
  path text not null primary key,
  -- Whoever holds the lock of this name (run-lock.ts) is still at work on it.
  ownerId text not null,
  purpose text not null check (purpose in ('import', 'backup', 'delete')),
  -- The file may only be removed while it has this hash; null while it is incomplete.
  sha256 text check (length(sha256) = 64),
  createdTimestampMs integer not null
) strict, without rowid;

-- Facts about this file itself, such as the form of its search index.
create table facts (
  name text not null primary key,
  value text not null
) strict, without rowid;

-- Trigrams find any part of three characters or more. Shorter words, common in Chinese, are found as words: there every
-- Han, kana and hangul character counts as one (search.ts). Both keep the words only, not the text.
create virtual table run_trigrams using fts5 (model, others, tokenize = 'trigram', content = '', contentless_delete = 1);
create virtual table run_words using fts5 (
  words, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2', content = '', contentless_delete = 1
);

insert into models (sha256, sizeBytes, opset, producer, inputsJson, outputsJson)
select facts ->> '$.sha256', facts ->> '$.sizeBytes', facts ->> '$.opset', facts ->> '$.producer',
  json_extract(facts, '$.inputs'), json_extract(facts, '$.outputs')
from (
  select json_extract(documentJson, '$.model.original') as facts from old_runs where status = 'done'
  union all
  select json_extract(documentJson, '$.model.compressed') from old_runs where status = 'done'
)
where true
on conflict (sha256) do nothing;

insert into datasets (sha256, kind, sampleCount, labelled)
select facts ->> '$.sha256', facts ->> '$.kind', facts ->> '$.sampleCount', facts ->> '$.labelled'
from (select json_extract(documentJson, '$.data') as facts from old_runs where status = 'done')
where facts ->> '$.sha256' is not null
on conflict (sha256) do nothing;

insert into recipes (recipeJson)
select json_extract(requestJson, '$.recipe') from old_runs
where true
on conflict (recipeJson) do nothing;

insert into runs (runId, status, startedTimestampMs, durationMs, name, starred, deletedTimestampMs, modelPath, dataPath,
  recipeName, originalModelKey, compressedModelKey, datasetKey, recipeKey, threads, sizeBytesBefore, sizeBytesAfter,
  speedupRatio, latencyMedianMsBefore, latencyMedianMsAfter, accuracyMetric, accuracyBefore, accuracyAfter,
  top1AgreementShare, randomData, gatesMet, errorCode, errorMessage, lastStage, lastSeenTimestampMs, processId, hostName)
select runId, status, startedTimestampMs, durationMs, run_marks.name, starred, deletedTimestampMs, modelPath, dataPath,
  recipeName,
  (select modelKey from models where sha256 = documentJson ->> '$.model.original.sha256'),
  (select modelKey from models where sha256 = documentJson ->> '$.model.compressed.sha256'),
  (select datasetKey from datasets where sha256 = documentJson ->> '$.data.sha256'),
  (select recipeKey from recipes where recipeJson = json_extract(requestJson, '$.recipe')),
  threads, sizeBytesBefore, sizeBytesAfter, speedupRatio, latencyMedianMsBefore, latencyMedianMsAfter, accuracyMetric,
  accuracyBefore, accuracyAfter, top1AgreementShare, randomData, gatesMet, errorCode, errorMessage, lastStage,
  lastSeenTimestampMs, processId, hostName
from old_runs join run_marks using (runId)
order by old_runs.rowid;

insert into run_documents (runKey, requestJson, documentJson)
select runKey, requestJson, documentJson from old_runs join runs using (runId);

insert into layers
select runKey, position, run_layers.name, opType, parameters, macs, weightBits, activationBits, quantized, reason,
  bytesBefore, bytesAfter, latencyMsBefore, latencyMsAfter, sqnrDb
from run_layers join runs using (runId);

insert into ledger
select runKey, position, claim, valueBefore, valueAfter, ratio, ratioLow, ratioHigh, unit
from run_ledger join runs using (runId);

insert into samples select runKey, variant, position, latencyMs from run_samples join runs using (runId);

insert into artifacts
select runKey, kind, path, sha256, sizeBytes, createdTimestampMs from run_artifacts join runs using (runId);

insert into notes (runKey, text, changedTimestampMs)
select runKey, notes, startedTimestampMs from run_marks join runs using (runId) where notes <> '';

insert into tags (name)
select distinct value from run_marks, json_each(tagsJson) where value <> '' order by value;

insert into run_tags (runKey, tagKey)
select distinct runKey, tagKey from run_marks join runs using (runId), json_each(tagsJson) join tags on tags.name = value;

drop table run_layers;
drop table run_ledger;
drop table run_samples;
drop table run_artifacts;
drop table run_marks;
drop table old_runs;

create index runsByStart on runs (startedTimestampMs, runKey, status, starred, deletedTimestampMs) where deletedTimestampMs is null;
create index runsByShownName on runs (shownName collate nocase, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByStatus on runs (status, startedTimestampMs, runKey, starred, deletedTimestampMs) where deletedTimestampMs is null;
create index runsByModelPath on runs (modelPath collate nocase, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByRecipeName on runs (recipeName collate nocase, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByDuration on runs (durationMs, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsBySizeAfter on runs (sizeBytesAfter, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsBySpeedup on runs (speedupRatio, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByLatencyAfter on runs (latencyMedianMsAfter, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByAccuracyAfter on runs (accuracyAfter, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsByAgreement on runs (top1AgreementShare, startedTimestampMs, runKey, status, starred, deletedTimestampMs)
  where deletedTimestampMs is null;
create index runsDeleted on runs (deletedTimestampMs) where deletedTimestampMs is not null;
create index runsRunning on runs (runKey) where status = 'running';
create index runsByOriginalModel on runs (originalModelKey);
create index runsByCompressedModel on runs (compressedModelKey);
create index runsByDataset on runs (datasetKey);
create index runsByRecipe on runs (recipeKey);
create index artifactsByPath on artifacts (path);
create index tagsOfRuns on run_tags (tagKey, runKey);
create index comparisonsOfRuns on comparison_runs (runKey);
`;
