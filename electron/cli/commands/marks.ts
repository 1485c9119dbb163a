import type { Command } from 'commander';
import type { RunRow } from '../../../shared/contract/results.ts';
import { shortId } from '../../../shared/run-id.ts';
import type { Store } from '../../store/database.ts';
import { findRun } from '../../store/find-run.ts';
import { listTags, updateMarks, type RunMarks } from '../../store/run-marks.ts';
import { exitCodes, UsageError, type ExitCode } from '../exit-code.ts';
import { storedRunHelp } from '../load-runs.ts';
import { addCommonOptions, type CommonOptions } from '../options.ts';
import { printJson, printText } from '../output.ts';
import { withStore } from '../with-store.ts';

function findRow(store: Store, reference: string): RunRow {
  return findRun(store, reference).summary;
}

/** What people added to a run, and nothing else of it. */
function report(row: RunRow, options: CommonOptions, text: string): void {
  const { runId, name, notes, tags, starred } = row;
  if (options.json === true) printJson({ runId, name, notes, tags, starred });
  else printText(`${shortId(runId)}  ${text}`);
}

interface TagOptions extends CommonOptions {
  readonly remove?: true;
}

async function tagRun(reference: string | undefined, tags: readonly string[], options: TagOptions): Promise<ExitCode> {
  await withStore(options, (store) => {
    if (reference === undefined) {
      const all = listTags(store);
      if (options.json === true) printJson({ tags: all });
      else printText(all.length === 0 ? 'No run has a tag.' : all.join('\n'));
      return;
    }
    const row = findRow(store, reference);
    const wanted = tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
    if (options.remove === true && wanted.length === 0) throw new UsageError('Name the tags to remove.');
    const change = (marks: RunMarks) => ({
      tags:
        options.remove === true
          ? marks.tags.filter((tag) => !wanted.includes(tag))
          : [...new Set([...marks.tags, ...wanted])],
    });
    const changed = wanted.length === 0 ? row : updateMarks(store, row.runId, change);
    report(changed, options, changed.tags.length === 0 ? 'no tags' : changed.tags.join(', '));
  });
  return exitCodes.done;
}

interface NoteOptions extends CommonOptions {
  readonly append?: true;
  readonly clear?: true;
}

async function noteRun(reference: string, words: readonly string[], options: NoteOptions): Promise<ExitCode> {
  await withStore(options, (store) => {
    const row = findRow(store, reference);
    const text = words.join(' ').trim();
    if (options.clear === true && text !== '') throw new UsageError('--clear takes no text.');
    const changes = options.clear === true || text !== '';
    const change = (marks: RunMarks) => ({
      notes: options.append === true && marks.notes !== '' ? `${marks.notes}\n${text}` : text,
    });
    const changed = changes ? updateMarks(store, row.runId, change) : row;
    report(changed, options, changed.notes === '' ? 'no note' : changed.notes);
  });
  return exitCodes.done;
}

interface NameOptions extends CommonOptions {
  readonly clear?: true;
}

async function nameRun(reference: string, words: readonly string[], options: NameOptions): Promise<ExitCode> {
  await withStore(options, (store) => {
    const row = findRow(store, reference);
    const name = words.join(' ').trim();
    if (options.clear === true && name !== '') throw new UsageError('--clear takes no name.');
    const changed = options.clear === true || name !== '' ? updateMarks(store, row.runId, { name }) : row;
    report(changed, options, changed.name === '' ? 'no name' : changed.name);
  });
  return exitCodes.done;
}

interface StarOptions extends CommonOptions {
  readonly remove?: true;
}

async function starRuns(references: readonly string[], options: StarOptions): Promise<ExitCode> {
  await withStore(options, (store) => {
    const rows = references.map((reference) => findRow(store, reference));
    const changed = rows.map((row) => updateMarks(store, row.runId, { starred: options.remove !== true }));
    if (options.json === true) printJson({ runs: changed.map(({ runId, starred }) => ({ runId, starred })) });
    else for (const row of changed) report(row, options, row.starred ? 'starred' : 'no star');
  });
  return exitCodes.done;
}

export function addMarkCommands(program: Command, setExitCode: (code: ExitCode) => void): void {
  const tag = program
    .command('tag')
    .summary('add tags to a run, or list them')
    .description('Adds tags to a run. Without tags: prints those it has. Without a run: prints every tag in use.')
    .argument('[run]', storedRunHelp)
    .argument('[tag...]', 'one or more tags')
    .option('--remove', 'remove these tags instead');
  addCommonOptions(tag)
    .addHelpText('after', '\nExamples:\n  vernier tag latest baseline edge\n  vernier tag latest edge --remove')
    .action(async (reference: string | undefined, tags: string[], options: TagOptions) =>
      setExitCode(await tagRun(reference, tags, options)),
    );

  const note = program
    .command('note')
    .summary('write a note on a run, or print it')
    .description('Replaces the note of a run. Without text: prints it.')
    .argument('<run>', storedRunHelp)
    .argument('[text...]', 'the note')
    .option('--append', 'add a line to the existing note')
    .option('--clear', 'remove the note');
  addCommonOptions(note)
    .addHelpText('after', '\nExample:\n  vernier note latest "after the lens was cleaned" --append')
    .action(async (reference: string, words: string[], options: NoteOptions) =>
      setExitCode(await noteRun(reference, words, options)),
    );

  const name = program
    .command('name')
    .summary('name a run, or print its name')
    .description('Names a run. Lists show the name instead of the model. Without a name: prints it.')
    .argument('<run>', storedRunHelp)
    .argument('[name...]', 'the name')
    .option('--clear', 'remove the name');
  addCommonOptions(name)
    .addHelpText('after', '\nExample:\n  vernier name latest release candidate 2')
    .action(async (reference: string, words: string[], options: NameOptions) =>
      setExitCode(await nameRun(reference, words, options)),
    );

  const star = program
    .command('star')
    .summary('star runs')
    .description('Marks runs with a star, for `vernier history --starred` and the window.')
    .argument('<run...>', storedRunHelp)
    .option('--remove', 'remove the star');
  addCommonOptions(star)
    .addHelpText('after', '\nExample:\n  vernier star latest')
    .action(async (references: string[], options: StarOptions) => setExitCode(await starRuns(references, options)));
}
