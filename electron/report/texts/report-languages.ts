import type { ReportLanguage } from '../../../shared/report-options.ts';
import { englishTexts } from './report-texts-en.ts';
import { chineseTexts } from './report-texts-zh.ts';
import type { ReportTexts } from './report-texts.ts';

export const reportTexts: Readonly<Record<ReportLanguage, ReportTexts>> = { en: englishTexts, 'zh-CN': chineseTexts };
