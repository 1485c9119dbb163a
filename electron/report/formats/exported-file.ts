/** One file of an export. `path` is relative, with `/` between folders. */
export interface ExportedFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

export interface Export {
  /** What to call the file, or the folder when there are several files, if nobody says. */
  readonly name: string;
  readonly files: readonly ExportedFile[];
}
