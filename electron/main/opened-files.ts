import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Desktops hand over either kind: the entry of a Linux package asks for addresses (`%U`), a terminal gives paths. */
function toPath(argument: string, folder: string): string {
  if (/^file:\/\//i.test(argument)) return fileURLToPath(argument);
  return isAbsolute(argument) ? argument : resolve(folder, argument);
}

/** Files named on a command line: the arguments that exist and that Vernier opens, whatever Chromium takes for itself. */
export function filesInArguments(programArguments: readonly string[], folder: string): string[] {
  return programArguments
    .filter((argument) => !argument.startsWith('-') && /\.(onnx|npz|npy|vernier)$/i.test(argument))
    .flatMap((argument) => {
      try {
        return toPath(argument, folder);
      } catch {
        // An address of another machine (file://server/…) names no file here, just as a path that does not exist.
        return [];
      }
    })
    .filter((path) => existsSync(path));
}
