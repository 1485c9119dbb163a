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

/**
 * The command of a command line meant for `vernier` as npm installs it, which the app by the same name is not: the first argument
 * when it is a bare word and names nothing on the disk.
 */
export function commandInArguments(programArguments: readonly string[], folder: string): string | null {
  const first = programArguments.find((argument) => !argument.startsWith('-'));
  return first !== undefined && /^[a-z]+$/.test(first) && !existsSync(resolve(folder, first)) ? first : null;
}
