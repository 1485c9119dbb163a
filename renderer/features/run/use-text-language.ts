import { useTranslation } from 'react-i18next';
import type { TextLanguage } from '../../../shared/engine-texts.ts';

/** The language of sentences that the window shares with terminal and reports. */
export function useTextLanguage(): TextLanguage {
  return useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
}
