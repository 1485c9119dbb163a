/** A reporter of Node's test runner: of each test that failed its file and its name, a line of JSON each. */
import type { TestEvent } from 'node:test/reporters';
import { relative } from 'node:path';

export default async function* reportFailedTests(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.todo !== undefined) continue;
    yield `${JSON.stringify({ file: relative('', data.file ?? data.name), name: data.name })}\n`;
  }
}
