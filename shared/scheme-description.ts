import type { TextTable } from './engine-texts/text-table.ts';

/** The same in each language. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

/** A recipe that people pick by its name. */
export interface PresetDescription {
  /** As the recipe, reports and the history have it. */
  readonly description: Words;
  /** The same in the few words that the window's form has room for. */
  readonly hint: Words;
  /** What differs from the default recipe, but for its name. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** An option of a recipe that one scheme alone has, in words and values: flags, form, names of recipes and docs are made of it. */
export type OptionDescription = {
  /** As `compress` takes it. */
  readonly flag: string;
  /** Of the flag, in lower case and without a full stop. */
  readonly help: string;
  /** As the window's form has it. */
  readonly label: Words;
  readonly explained: Words;
} & (
  | {
      readonly kind: 'choice';
      readonly values: readonly string[] | readonly number[];
      readonly default: string | number;
      /** What the form calls a value, where not by itself. */
      readonly words?: Readonly<Record<string, Words>>;
      /** In the name of a changed recipe: "blocks of {value}". */
      readonly inName: string;
    }
  | {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly isWhole: boolean;
      readonly default: number;
      readonly inName: string;
    }
  /** Off unless asked for. */
  | { readonly kind: 'switch'; readonly inName: { readonly on: string; readonly off: string } }
);

/**
 * All that terminal, window, reports and docs tell of a scheme: plain words beside its code, for pages that cannot load the code.
 * They read it by `shared/schemes.ts`.
 */
export interface SchemeDescription {
  /** As recipes and run documents have it. */
  readonly name: string;
  /** What it makes of a model, as sentences call it: "dynamic int8". */
  readonly makes: Words;
  /** How the window's form offers it, behind its name. */
  readonly offer: Words;
  /** Whether it calibrates ranges: without data there is nothing to calibrate them on. */
  readonly needsData: boolean;
  /** Whether the runtime makes floats of its weights when it loads the model: a smaller file is promised, and no speed. */
  readonly storedOnly: boolean;
  /** Its row of the table in docs/cli.md. */
  readonly row: { readonly weights: string; readonly activations: string; readonly result: string };
  /** By name, in the order in which they are listed. */
  readonly presets: Readonly<Record<string, PresetDescription>>;
  /** Options of a recipe that no other scheme has, by their names in the recipe. */
  readonly options: Readonly<Record<string, OptionDescription>>;
  /** What nobody but this scheme says: reasons of layers, candidates, diagnostics. */
  readonly texts: TextTable;
  /** What to do about its diagnostics, by their codes. */
  readonly advice: Readonly<Record<string, Words>>;
}
