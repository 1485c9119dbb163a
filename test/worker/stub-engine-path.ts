import { fileURLToPath } from 'node:url';

/** An engine process that does what stands in place of its model's path: `stub-engine.ts`. */
export const stubEnginePath = fileURLToPath(new URL('./stub-engine.ts', import.meta.url));
