import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

/** Files named on a command line: the last arguments that exist, after the program and what Chromium takes for itself. */
export function filesInArguments(programArguments: readonly string[], folder: string): string[] {
  return programArguments
    .filter((argument) => !argument.startsWith('-') && /\.(onnx|npz|npy|vernier)$/i.test(argument))
    .map((argument) => (isAbsolute(argument) ? argument : resolve(folder, argument)))
    .filter((path) => existsSync(path));
}
