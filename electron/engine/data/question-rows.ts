import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

type Json = Readonly<Record<string, unknown>>;

/** An object that stands for a row, and its number from 1. */
export interface NumberedObject {
  readonly value: Json;
  readonly line: number;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a file of JSON holds, object by object: as it says itself, or what is nested in it. */
function* listQuestions(articles: readonly unknown[], fail: () => AppError): Generator<Json> {
  const listOf = (value: unknown, name: string): readonly unknown[] => {
    if (isObject(value) && Array.isArray(value[name])) return value[name];
    throw fail();
  };
  for (const article of articles)
    for (const paragraph of listOf(article, 'paragraphs')) {
      const { context } = paragraph as Json;
      for (const question of listOf(paragraph, 'qas')) {
        if (!isObject(question)) throw fail();
        const isNone = question['is_impossible'] === true;
        yield {
          question: question['question'],
          context,
          // What might be the answer of one that has none is no right one.
          ...(isNone ? { answers: [] } : 'answers' in question ? { answers: question['answers'] } : {}),
        };
      }
    }
}

/**
 * The rows of a `.json` file: SQuAD's questions, nested in paragraphs and articles (`data`, `paragraphs`, `qas`), or a list of objects, by
 * itself or as `data`.
 * @throws AppError `data-malformed` for anything else, and for text that is no JSON.
 */
export function objectsOfJson(path: string, text: string): NumberedObject[] {
  const fail = (): AppError => new AppError('data-malformed', tell('jsonWithoutRows', { path }));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw fail();
  }
  const found = isObject(value) ? value['data'] : value;
  if (!Array.isArray(found) || found.length === 0) throw fail();
  const isNested = isObject(found[0]) && 'paragraphs' in found[0];
  const objects = isNested ? [...listQuestions(found, fail)] : found;
  return objects.map((object: unknown, index) => {
    if (!isObject(object)) throw fail();
    return { value: object, line: index + 1 };
  });
}
