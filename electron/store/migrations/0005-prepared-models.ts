/**
 * Runs may keep the float model as prepared, and the ledger tells its figures. SQLite changes no check of a table, so the one
 * of the artifacts' kinds comes with a new table. The samples' stays: those of the prepared model are in the document.
 */
export const sql = `
alter table ledger add column valuePrepared real;

alter table artifacts rename to old_artifacts;

create table artifacts (
  runKey integer not null references runs (runKey) on delete cascade,
  -- A model that keeps its weights outside has a data file beside it.
  kind text not null check (kind in ('model', 'model-data', 'prepared', 'prepared-data', 'export')),
  path text not null,
  sha256 text not null check (length(sha256) = 64),
  sizeBytes integer not null,
  createdTimestampMs integer not null,
  primary key (runKey, path)
) strict, without rowid;

insert into artifacts (runKey, kind, path, sha256, sizeBytes, createdTimestampMs)
select runKey, kind, path, sha256, sizeBytes, createdTimestampMs from old_artifacts;

drop table old_artifacts;

create index artifactsByPath on artifacts (path);
`;
