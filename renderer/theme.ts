import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  Tooltip,
  HoverCard,
  Button,
  ActionIcon,
  Tabs,
} from '@mantine/core';
import { darkChartColors, lightChartColors } from '../shared/charts/chart-style.ts';

/**
 * Colours. Okabe and Ito's palette, which people of every colour vision can tell apart: blue is the one accent and always
 * means "the compressed model"; grey always means "the original". Warnings and losses use vermilion together with a sign or
 * a word, never colour alone.
 */
export interface Palette {
  readonly background: string;
  readonly surface: string;
  readonly raised: string;
  readonly border: string;
  readonly strongBorder: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly accentText: string;
  readonly accentTint: string;
  readonly before: string;
  /** The float model as prepared. */
  readonly prepared: string;
  readonly after: string;
  /** Proven and within what is tolerated; nothing else is drawn in it. */
  readonly good: string;
  readonly warning: string;
  readonly warningTint: string;
  readonly heat: string;
  /** What only the compressed model has, as its conversions. */
  readonly inserted: string;
  /** For several runs in one chart, in order; the accent first. */
  readonly series: readonly string[];
}

const light = lightChartColors;
const dark = darkChartColors;

export const lightPalette: Palette = {
  background: '#f5f6f7',
  surface: light.surface,
  raised: '#fafbfb',
  border: light.grid,
  strongBorder: '#c6ccd3',
  text: light.ink,
  muted: light.mutedInk,
  accent: light.after,
  accentText: '#00659e',
  accentTint: '#e7f2f9',
  before: light.before,
  prepared: light.prepared,
  after: light.after,
  good: '#00734f',
  warning: light.worse,
  warningTint: '#fdf1e8',
  heat: '#c9e1f0',
  inserted: '#a8588a',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a7d00', '#59626c'],
};

export const darkPalette: Palette = {
  background: '#101316',
  surface: dark.surface,
  raised: '#1c2126',
  border: dark.grid,
  strongBorder: '#414952',
  text: dark.ink,
  muted: dark.mutedInk,
  accent: dark.after,
  accentText: '#6fc0ee',
  accentTint: '#15293a',
  before: dark.before,
  prepared: dark.prepared,
  after: dark.after,
  good: '#3cc79c',
  warning: dark.worse,
  warningTint: '#33210f',
  heat: '#1f4058',
  inserted: '#d993b8',
  series: ['#56b4e9', '#e8772e', '#2fbf93', '#d993b8', '#e6ab2e', '#3d8fd1', '#d8cc4a', '#9aa4ae'],
};

const accent: MantineColorsTuple = [
  '#e7f2f9',
  '#cde5f4',
  '#9fcfea',
  '#6fc0ee',
  '#56b4e9',
  '#1b86c4',
  '#0072b2',
  '#00659e',
  '#00537f',
  '#003f61',
];

/** Comes with the window, so that figures line up alike everywhere; Chinese is set in the system's own where it has one. */
export const windowFont = '"Inter Variable"';
/** The reports' own, for systems without any Chinese font (global.css). Loaded only where a text reaches it. */
export const chineseFont = '"Vernier Noto Sans SC"';
export const sansSerif =
  windowFont +
  `, -apple-system, BlinkMacSystemFont, "Segoe UI", "Noto Sans", Ubuntu, Cantarell, "Liberation Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", ${chineseFont}, system-ui, sans-serif`;
/** Of texts in charts. */
export const canvasFontPx = 11;
const monospace = `ui-monospace, "SF Mono", "Cascadia Mono", "Noto Sans Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", Menlo, Consolas, ${chineseFont}, monospace`;

/** Mantine's own dark greys are warm; these go with the palette. */
const darkGreys: MantineColorsTuple = [
  '#e3e7ea',
  '#b8c0c8',
  '#9aa4ae',
  '#6b7580',
  '#414952',
  '#2a3037',
  '#1c2126',
  '#171b1f',
  '#101316',
  '#0b0d0f',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: 6,
  colors: { accent, dark: darkGreys },
  fontFamily: sansSerif,
  fontFamilyMonospace: monospace,
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  lineHeights: { xs: '1.35', sm: '1.4', md: '1.45', lg: '1.5', xl: '1.4' },
  headings: {
    fontFamily: sansSerif,
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '0.9375rem', lineHeight: '1.35' },
      h3: { fontSize: '0.8125rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'sm',
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: Button.extend({ defaultProps: { size: 'xs' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, withArrow: false, events: { hover: true, focus: true, touch: true } },
    }),
    HoverCard: HoverCard.extend({ defaultProps: { openDelay: 150, closeDelay: 80, shadow: 'md', width: 320 } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
  },
});

function variablesOf(palette: Palette): Record<string, string> {
  return {
    '--v-background': palette.background,
    '--v-surface': palette.surface,
    '--v-raised': palette.raised,
    '--v-border': palette.border,
    '--v-strong-border': palette.strongBorder,
    '--v-text': palette.text,
    '--v-muted': palette.muted,
    '--v-accent': palette.accent,
    '--v-accent-text': palette.accentText,
    '--v-accent-tint': palette.accentTint,
    '--v-before': palette.before,
    '--v-after': palette.after,
    '--v-good': palette.good,
    '--v-warning': palette.warning,
    '--v-warning-tint': palette.warningTint,
    '--v-heat': palette.heat,
    '--mantine-color-body': palette.surface,
    '--mantine-color-text': palette.text,
    '--mantine-color-dimmed': palette.muted,
    '--mantine-color-placeholder': palette.muted,
    '--mantine-color-default': palette.surface,
    '--mantine-color-default-hover': palette.raised,
    '--mantine-color-default-color': palette.text,
    '--mantine-color-default-border': palette.strongBorder,
    '--mantine-color-anchor': palette.accentText,
    '--mantine-color-accent-light-color': palette.accentText,
    '--mantine-color-accent-text': palette.accentText,
    '--mantine-color-gray-light-color': palette.text,
    '--mantine-color-gray-text': palette.text,
    '--mantine-color-error': palette.warning,
  };
}

export const resolveVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variablesOf(lightPalette),
  dark: variablesOf(darkPalette),
});
