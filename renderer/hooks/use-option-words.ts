import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { lookUp } from '../../shared/look-up.ts';
import { describeOwnOption, type OwnOption, type RecipeOption } from '../../shared/recipe-options.ts';
import { offerOf, schemes } from '../../shared/schemes.ts';
import { useWords } from './use-engine-text.ts';

type SharedOption = Exclude<RecipeOption, OwnOption>;

export interface OptionWords {
  readonly label: string;
  readonly help: string;
  /** What a value is called that is chosen from some; numbers are called by themselves. */
  readonly nameValue: (value: string) => string;
}

/** What the window says of an option: in its own words, or in those of the scheme that alone has it. */
export function useOptionWords(): (option: RecipeOption) => OptionWords {
  const { t, i18n } = useTranslation();
  const inWords = useWords();
  return useCallback(
    (option) => {
      const own = describeOwnOption(option);
      if (own !== undefined) {
        const words = own.kind === 'choice' ? (own.words ?? {}) : {};
        const nameValue = (value: string): string => {
          const found = lookUp(words, value);
          return found === undefined ? value : inWords(found);
        };
        return { label: inWords(own.label), help: inWords(own.explained), nameValue };
      }
      const shared = option as SharedOption;
      return {
        label: t(`recipe.${shared}.label`),
        help: t(`recipe.${shared}.help`),
        nameValue: (value) => {
          const scheme = shared === 'scheme' ? schemes.find(({ name }) => name === value) : undefined;
          if (scheme !== undefined) return inWords(offerOf(scheme));
          const key = `recipe.${shared}.${value}`;
          return i18n.exists(key) ? t(key as 'recipe.keepFloat.auto') : value;
        },
      };
    },
    [t, i18n, inWords],
  );
}
