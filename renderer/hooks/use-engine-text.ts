import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { translateEngineText } from '../../shared/engine-texts.ts';

/** Says in the window's language what the engine says in English: diagnostics, reasons, candidates. */
export function useEngineText(): (text: string) => string {
  const { i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return useCallback((text) => translateEngineText(text, language), [language]);
}
