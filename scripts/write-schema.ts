import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { z } from 'zod';
import { endedRunDocumentSchema, runDocumentSchema, runSchemaVersion } from '../shared/run.ts';

/**
 * Writes the JSON Schema of run documents (draft 2020-12) from the zod schemas that check them:
 * `npm run schema`. A test fails when the published file is not what this makes.
 */
export const schemaPath = fileURLToPath(new URL('../docs/run-document.schema.json', import.meta.url));

export async function renderSchema(): Promise<string> {
  // Documents of a later version may know more: what a reader does not know is no error.
  const { $schema, ...schema } = z.toJSONSchema(z.union([runDocumentSchema, endedRunDocumentSchema]), { io: 'input' });
  const described = {
    $schema,
    title: `Vernier run document, version ${runSchemaVersion}`,
    description:
      'What one compression run found out, or why it ended early. docs/run-document.md explains every field.',
    ...schema,
  };
  return format(JSON.stringify(described), { parser: 'json', printWidth: 120 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(schemaPath, await renderSchema());
