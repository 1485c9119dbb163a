import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export const onnxRuntimeVersion: string = (
  JSON.parse(readFileSync(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'), 'utf8')) as {
    version: string;
  }
).version;
