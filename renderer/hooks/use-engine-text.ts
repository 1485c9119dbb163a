import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../shared/app-error.ts';
import type { MetricRow, MetricWords } from '../../shared/metric-row.ts';
import type { Words } from '../../shared/scheme-description.ts';
import type { Said } from '../../shared/engine-texts/said.ts';
import { inLanguage, metricWords, retell, retellError, type TextLanguage } from '../../shared/engine-texts.ts';

function useTextLanguage(): TextLanguage {
  const { i18n } = useTranslation();
  return i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}

/** Says in the window's language what the engine says in English: diagnostics, reasons, candidates. */
export function useEngineText(): (text: string, said?: Said | null) => string {
  const language = useTextLanguage();
  return useCallback((text, said) => retell(said, text, language), [language]);
}

/** What a metric is called and what it is, in the window's language. */
export function useMetricWords(): (row: MetricRow) => MetricWords {
  const language = useTextLanguage();
  return useCallback((row) => metricWords(row, language), [language]);
}

/** Of words in each language those of the window's. */
export function useWords(): (words: Words) => string {
  const language = useTextLanguage();
  return useCallback((words) => inLanguage(words, language), [language]);
}

/** Says in the window's language what an error says in English. */
export function useErrorText(): (error: Failure) => string {
  const language = useTextLanguage();
  return useCallback((error) => retellError(error, language), [language]);
}
