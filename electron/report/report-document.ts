import type { ChartConfiguration } from 'chart.js';
import type { PageSize, ReportLanguage } from '../../shared/report-options.ts';

/** A report as data: what is said, in which order, in the reader's language. Renderers decide only how it looks. */
export interface ReportDocument {
  readonly language: ReportLanguage;
  /** Of the pages of a PDF; other renderers ignore it. */
  readonly pageSize: PageSize;
  /** "Compression report". */
  readonly kind: string;
  /** The model, or the models compared. */
  readonly title: string;
  readonly subtitle: string;
  /** Of the run, not of the report: the same run makes the same report at any later time. */
  readonly createdTimestampMs: number;
  readonly author: string;
  readonly keywords: readonly string[];
  readonly sections: readonly Section[];
  /** A table of any length, which comes last and needs the width of a landscape page; null where there is none. */
  readonly longTable: LongTableSection | null;
  readonly labels: {
    readonly contents: string;
    /** "Page 3 of 9". */
    readonly page: (page: number, pageCount: number) => string;
    readonly moreRows: (count: number) => string;
  };
}

export interface Section {
  /** For links and bookmarks; unique in the report. */
  readonly id: string;
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Reference matter: folded away where the medium can fold. */
  readonly collapsed?: true;
}

export interface LongTableSection extends Section {
  readonly blocks: readonly [ParagraphBlock, TableBlock];
}

export function allSections({ sections, longTable }: ReportDocument): readonly Section[] {
  return longTable === null ? sections : [...sections, longTable];
}

export type Tone = 'plain' | 'good' | 'bad' | 'warning' | 'muted';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  readonly strong?: true;
}

export interface TableColumn {
  readonly title: string;
  readonly align?: 'right';
  /** Takes its share of the width the others leave; the others are as wide as their widest cell. */
  readonly fill?: number;
  /** Names, paths and hashes: may be broken inside a word. */
  readonly code?: true;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly (Cell | string)[])[];
  /** Many rows: smaller type. */
  readonly dense?: true;
}

export interface ChartBlock {
  readonly kind: 'chart';
  readonly title: string;
  /** What the chart shows, in words, for who cannot see it. */
  readonly description: string;
  readonly config: ChartConfiguration;
  /** Drawn at 1 px = 1/96 inch. */
  readonly widthPx: number;
  readonly heightPx: number;
  readonly note?: string;
}

export interface ParagraphBlock {
  readonly kind: 'paragraph';
  readonly text: string;
  readonly tone?: Tone;
}

export type Block =
  | ParagraphBlock
  | { readonly kind: 'heading'; readonly text: string }
  /** What to remember when all else is forgotten. */
  | {
      readonly kind: 'verdict';
      readonly tone: 'good' | 'bad' | 'warning';
      /** In one or two words. */
      readonly title?: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'definitions'; readonly items: readonly (readonly [term: string, definition: string])[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | TableBlock
  | ChartBlock;

/** A headline number. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  readonly tone?: Tone;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** A hash or path. */
  readonly code?: true;
}

export function toCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: cell } : cell;
}
