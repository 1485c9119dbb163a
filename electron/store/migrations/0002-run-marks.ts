/**
 * What people add to runs. A narrow table of its own: `runs` rows end in documents of up to megabytes, and a search over
 * 10,000 runs must not walk through them. `searchText` holds everything the history can be searched for, in lower case
 * (SQLite's own case folding knows ASCII only); run-marks.ts keeps it.
 */
export const sql = `
create table run_marks (
  runId text not null primary key references runs (runId) on delete cascade,
  name text not null,
  notes text not null,
  tagsJson text not null check (json_valid(tagsJson)),
  starred integer not null check (starred in (0, 1)),
  -- Deleted in the window, where it can be undone; null for runs that are there.
  deletedTimestampMs integer,
  searchText text not null
) strict;

insert into run_marks (runId, name, notes, tagsJson, starred, searchText)
select runId, '', '', '[]', 0, lower(concat_ws(char(10), runId, modelPath, dataPath, recipeName, errorMessage,
  json_extract(documentJson, '$.verdict[0]'), json_extract(documentJson, '$.verdict[1]')))
from runs;
`;
