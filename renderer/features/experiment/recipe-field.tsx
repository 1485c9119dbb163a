import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { failureOf } from '../../../shared/app-error.ts';
import type { Inspection } from '../../../shared/inspection.ts';
import { parseOverride, writeOverride } from '../../../shared/overrides.ts';
import { schemeNames } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { boundsOf, choicesOf, recipeOptions, setOption, type RecipeOption } from '../../../shared/recipe-options.ts';
import { useErrorText } from '../../hooks/use-engine-text.ts';
import { useOptionWords } from '../../hooks/use-option-words.ts';

/** More names than these are typed, not picked. */
const mostListed = 80;

/** The field of one option, made of what `recipeOptions` and the recipe's schema say of it. */
export function RecipeField(props: {
  readonly option: RecipeOption;
  readonly recipe: Recipe;
  readonly layers: Inspection['layers'];
  readonly onChange: (change: Partial<Recipe>) => void;
}) {
  const { option, recipe, layers, onChange } = props;
  const { t } = useTranslation();
  const { label, help, nameValue } = useOptionWords()(option);
  const value = recipe[option];
  const choices = choicesOf(option);
  const words = { size: 'xs', label, description: help } as const;
  const change = (next: unknown): void => {
    const changed = setOption(option, next);
    if (changed !== null) onChange(changed);
  };
  if (option === 'overrides') return <OverridesField {...props} words={words} />;
  if (choices !== null) {
    return (
      <Select
        {...words}
        allowDeselect={false}
        value={typeof value === 'object' ? null : String(value)}
        data={choices.map((choice) => ({
          value: choice,
          label: nameValue(choice),
        }))}
        onChange={change}
      />
    );
  }
  if (typeof value === 'boolean') {
    return <Switch {...words} checked={value} onChange={(event) => change(event.currentTarget.checked)} />;
  }
  const bounds = boundsOf(option);
  if (bounds !== null) {
    return (
      <NumberInput
        {...words}
        {...bounds}
        allowDecimal={bounds.step < 1}
        decimalScale={4}
        value={value as number}
        onChange={(next) => next !== '' && change(next)}
      />
    );
  }
  if (typeof value === 'string') {
    return <TextField key={value} words={words} value={value} wrong={t('recipe.wrongText')} onChange={(next) => {
      const changed = setOption(option, next);
      if (changed !== null) onChange(changed);
      return changed !== null;
    }} />; // prettier-ignore
  }
  const { lists } = recipeOptions[option];
  const listed = layers.map((layer) => (lists === 'opTypes' ? layer.opType : layer.name));
  return (
    <TagsInput
      {...words}
      data={[...new Set(listed)].filter((name) => name !== '')}
      limit={mostListed}
      value={[...(value as readonly string[])]}
      onChange={change}
    />
  );
}

/** What is typed is taken when the field is left: half of it would be refused. */
function TextField(props: {
  readonly words: { readonly size: 'xs'; readonly label: string; readonly description: string };
  readonly value: string;
  readonly wrong: string;
  /** False where it cannot be that. */
  readonly onChange: (typed: string) => boolean;
}) {
  const [typed, setTyped] = useState(props.value);
  const [isWrong, setWrong] = useState(false);
  return (
    <TextInput
      {...props.words}
      value={typed}
      error={isWrong ? props.wrong : null}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => setWrong(!props.onChange(typed.trim()))}
    />
  );
}

/** Schemes of single layers, as the command line writes them. */
function OverridesField(props: {
  readonly recipe: Recipe;
  readonly layers: Inspection['layers'];
  readonly words: { readonly size: 'xs'; readonly label: string; readonly description: string };
  readonly onChange: (change: Partial<Recipe>) => void;
}) {
  const errorText = useErrorText();
  const [wrong, setWrong] = useState<string | null>(null);
  const names = [...new Set(props.layers.map(({ name }) => name))].filter((name) => name !== '');
  const change = (texts: readonly string[]): void => {
    try {
      props.onChange({ overrides: texts.map(parseOverride) });
      setWrong(null);
    } catch (error) {
      setWrong(errorText(failureOf(error)));
    }
  };
  return (
    <TagsInput
      {...props.words}
      error={wrong}
      data={names.flatMap((name) => [...schemeNames, 'float'].map((scheme) => `${name}=${scheme}`))}
      limit={mostListed}
      value={props.recipe.overrides.flatMap(writeOverride)}
      onChange={change}
    />
  );
}
