import { chineseFont, windowFont } from './theme.ts';

/** Charts draw their words once: the fonts have to be there before. */
export async function loadFonts(language: string): Promise<void> {
  const fonts = [document.fonts.load(`13px ${windowFont}`)];
  // Both weights are files of their own.
  if (language === 'zh-CN')
    fonts.push(...['', '600 '].map((weight) => document.fonts.load(`${weight}13px ${chineseFont}`, '字')));
  // Without a font of ours there is one of the system's.
  await Promise.allSettled(fonts);
}
