/** `latest` is the last run that was made here: found without a walk through those that were imported. */
export const sql = `
create index runsMadeHere on runs (runKey) where importedTimestampMs is null and deletedTimestampMs is null;
`;
