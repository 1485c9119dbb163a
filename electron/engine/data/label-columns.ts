/** What the columns of labels tables are usually called, without regard to case, spaces, hyphens and underscores. */
const fileColumnNames: ReadonlySet<string> = new Set([
  'file',
  'filename',
  'filepath',
  'path',
  'image',
  'imagefile',
  'imagename',
  'imagepath',
  'imageid',
  'img',
  'imgpath',
  'imgname',
  'id',
  'name',
]);
const labelColumnNames: ReadonlySet<string> = new Set([
  'label',
  'labels',
  'labelid',
  'labelindex',
  'class',
  'classid',
  'classindex',
  'classidx',
  'target',
  'category',
  'categoryid',
  'y',
]);
const classNameColumnNames: ReadonlySet<string> = new Set([
  'name',
  'classname',
  'labelname',
  'labeltext',
  'categoryname',
  'description',
]);
const textColumnNames: ReadonlySet<string> = new Set([
  'text',
  'sentence',
  'sentence1',
  'text1',
  'texta',
  'content',
  'review',
  'comment',
  'document',
  'utterance',
  'question',
  'question1',
  'query',
  'premise',
  'prompt',
  'body',
  'tweet',
]);
/** The second of two texts that belong together. */
const pairColumnNames: ReadonlySet<string> = new Set([
  'textpair',
  'sentence2',
  'text2',
  'textb',
  'question2',
  'hypothesis',
  'context',
  'passage',
]);
/** Right answers to questions about a text. */
const answerColumnNames: ReadonlySet<string> = new Set(['answers', 'answer', 'answertext']);
/** Words of a text apart, and their tags: of several those of names before parts of speech. */
const wordColumnNames: ReadonlySet<string> = new Set(['tokens', 'words']);
const tagColumnNames: readonly string[] = [
  'nertags',
  'tags',
  'ner',
  'labels',
  'label',
  'entities',
  'postags',
  'upos',
  'chunktags',
];
/** Numbers that people gave texts or pairs of texts. */
const scoreColumnNames: ReadonlySet<string> = new Set([
  'score',
  'scores',
  'similarity',
  'similarityscore',
  'relatedness',
  'relatednessscore',
  'rating',
]);
/** These count samples or name classes as often as they name files. */
const looseFileColumnNames: ReadonlySet<string> = new Set(['id', 'name']);

/** More candidates than this for one role are no table that anybody wrote. */
const mostCandidates = 8;

const plain = (name: string) => name.toLowerCase().replaceAll(/[\s_-]/g, '');
const isFileName = (name: string) => fileColumnNames.has(plain(name));
const isLabelName = (name: string) => labelColumnNames.has(plain(name));

/** Whether a first row names columns: it has a name that is known. */
export function isHeader(cells: readonly string[]): boolean {
  return cells.some((cell) => isFileName(cell) || isLabelName(cell));
}

function columnsWhere(header: readonly string[], test: (name: string) => boolean): number[] {
  return header.flatMap((name, column) => (test(name) ? [column] : [])).slice(0, mostCandidates);
}

/** Columns that may name the files, by the header. */
export function findFileColumns(header: readonly string[]): number[] {
  return columnsWhere(header, isFileName);
}

/** Whether a header names files beyond doubt, so that its rows are not meant for samples that have no files. */
export function namesFiles(header: readonly string[]): boolean {
  return header.some((name) => isFileName(name) && !looseFileColumnNames.has(plain(name)));
}

/** Columns that may say in words what the labels say in numbers, by the header. */
export function findClassNameColumns(header: readonly string[]): number[] {
  return columnsWhere(header, (name) => classNameColumnNames.has(plain(name)));
}

/** Columns that may hold the labels, by the header. */
export function findLabelColumns(header: readonly string[]): number[] {
  return columnsWhere(header, isLabelName);
}

/** The column of texts: of several that may be it, the first; null where there is none. */
export function findTextColumn(header: readonly string[]): number | null {
  return columnsWhere(header, (name) => textColumnNames.has(plain(name)))[0] ?? null;
}

/** The column of the second texts; null where there is none. */
export function findPairColumn(header: readonly string[], text: number): number | null {
  return columnsWhere(header, (name) => pairColumnNames.has(plain(name))).find((column) => column !== text) ?? null;
}

/** The column of right answers; null where there is none. */
export function findAnswerColumn(header: readonly string[]): number | null {
  return columnsWhere(header, (name) => answerColumnNames.has(plain(name)))[0] ?? null;
}

/** The column of words that a text is divided into; null where there is none. */
export function findWordColumn(header: readonly string[]): number | null {
  return columnsWhere(header, (name) => wordColumnNames.has(plain(name)))[0] ?? null;
}

/** Columns that may hold the tags of words, the likeliest first. */
export function findTagColumns(header: readonly string[]): number[] {
  return tagColumnNames.flatMap((wanted) => columnsWhere(header, (name) => plain(name) === wanted));
}

/** The column of scores; null where there is none. */
export function findScoreColumn(header: readonly string[]): number | null {
  return columnsWhere(header, (name) => scoreColumnNames.has(plain(name)))[0] ?? null;
}

/** `"file", "path"`: columns as messages name them, by their place where there is no header. */
export function nameColumns(header: readonly string[] | null, columns: readonly number[]): string {
  return columns.map((column) => (header === null ? `column ${column + 1}` : `"${header[column]!}"`)).join(', ');
}
