import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { settingsSchema, type Settings } from '../../shared/contract/requests.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';

const defaults: Settings = {
  theme: 'system',
  language: 'en',
  threads: Math.min(4, availableParallelism()),
  databasePath: null,
  engineMemoryMb: null,
  lookSeconds: null,
  lab: null,
  columnWidths: {},
};

/** The user's settings, the same for every host on this machine. */
export class SettingsFile {
  private readonly path: string;
  private current: Settings;

  constructor(folder: string) {
    this.path = join(folder, 'settings.json');
    this.current = { ...defaults, ...this.read() };
  }

  get(): Settings {
    return this.current;
  }

  /** @throws AppError `write-failed` or `disk-full`; the settings are then as before. */
  set(changes: { readonly [Key in keyof Settings]?: Settings[Key] | undefined }): Settings {
    // Another host may have changed what this one is not asked to.
    const next = { ...this.current, ...this.read(), ...dropUndefined(changes) };
    writeJsonFile(this.path, next);
    this.current = next;
    return next;
  }

  private read(): Partial<Settings> {
    return dropUndefined(readJsonFile(this.path, settingsSchema.partial()) ?? {});
  }
}

/** `undefined` in a change means "as it is", which spreading would turn into a value. */
function dropUndefined(changes: { readonly [Key in keyof Settings]?: Settings[Key] | undefined }): Partial<Settings> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
