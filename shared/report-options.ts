import { z } from 'zod';

/** What a run can be written as. `mlflow` and `csv` are folders; the others are one file. */
export const reportFormats = ['pdf', 'html', 'csv', 'json', 'md', 'mlflow', 'cyclonedx'] as const;
export type ReportFormat = (typeof reportFormats)[number];

export const reportLanguages = ['en', 'zh-CN'] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

export const pageSizes = ['A4', 'Letter'] as const;
export type PageSize = (typeof pageSizes)[number];

/** A comparison of more runs than this fits no page. */
export const maxComparedRuns = 6;

export const exportOptionsSchema = z.strictObject({
  format: z.enum(reportFormats),
  language: z.enum(reportLanguages).default('en'),
  pageSize: z.enum(pageSizes).default('A4'),
  /** Begin CSV files with a byte order mark: older versions of Excel then know that they are UTF-8. */
  byteOrderMark: z.boolean().default(false),
});
export type ExportOptions = z.infer<typeof exportOptionsSchema>;
