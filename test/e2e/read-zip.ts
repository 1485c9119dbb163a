import { text } from 'node:stream/consumers';
import { openPromise } from 'yauzl';

/** The texts in a zip, by file name. */
export async function readZip(path: string): Promise<ReadonlyMap<string, string>> {
  const zip = await openPromise(path);
  const texts = new Map<string, string>();
  for await (const entry of zip.eachEntry())
    texts.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  return texts;
}
