import { Accordion, Button, NumberInput, Select, Switch, TagsInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { blockSizes, recipePresets, recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { choicesOf } from '../../../shared/recipe-options.ts';
import { parseOverride, writeOverride } from '../../../shared/overrides.ts';
import { schemeNames } from '../../../shared/precision.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { changeRecipe, matchingRecipe, presets, type Draft } from './draft.ts';
import { SavedRecipe } from './saved-recipe.tsx';
import { Section } from './section.tsx';
import classes from './experiment-page.module.css';

/** Stands for options nobody has named yet. */
const changedValue = '';

export function RecipeSection(props: {
  readonly draft: Draft;
  readonly inspection: Inspection | null;
  readonly onChange: (patch: Partial<Draft>) => void;
  readonly onPlan: () => void;
}) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { recipe } = props.draft;
  const listed = useRequest('recipes.list', {});
  const recipes = listed.value ?? presets;
  const saved = recipes.filter((other) => !Object.hasOwn(recipePresets, other.name));
  const set = (change: Partial<Recipe>): void => props.onChange({ recipe: changeRecipe(recipe, change, recipes) });
  const match = matchingRecipe(recipe, recipes);
  const isPreset = match !== null && Object.hasOwn(recipePresets, match.name);
  const opTypes = useMemo(
    () => [...new Set((props.inspection?.layers ?? []).map((layer) => layer.opType))].sort(),
    [props.inspection],
  );
  const nodes = useMemo(
    () => [...new Set((props.inspection?.layers ?? []).map((layer) => layer.name))].filter((name) => name !== ''),
    [props.inspection],
  );

  const [wrongOverride, setWrongOverride] = useState<string | null>(null);
  const setOverrides = (texts: readonly string[]): void => {
    try {
      set({ overrides: texts.map(parseOverride) });
      setWrongOverride(null);
    } catch (error) {
      setWrongOverride(engineText(error instanceof Error ? error.message : String(error)));
    }
  };

  const enumerated = (
    option:
      | 'scheme'
      | 'calibrationMethod'
      | 'reducedRange'
      | 'biasCorrection'
      | 'equalization'
      | 'weightRounding'
      | 'keepFloat',
  ) => (
    <Select
      size="xs"
      label={t(`recipe.${option}.label`)}
      description={t(`recipe.${option}.help`)}
      allowDeselect={false}
      value={recipe[option]}
      data={choicesOf(option)!.map((value) => ({
        value,
        label: t(`recipe.${option}.${value}` as 'recipe.keepFloat.auto'),
      }))}
      onChange={(value) => {
        if (value !== null) set(recipeSchema.partial().parse({ [option]: value }) as Partial<Recipe>);
      }}
    />
  );
  return (
    <Section
      icon="recipe"
      title={t('experiment.section.recipe')}
      actions={
        <Button variant="subtle" size="compact-xs" onClick={props.onPlan}>
          {t('experiment.showPlan')}
        </Button>
      }
    >
      <Select
        size="xs"
        label={t('experiment.preset')}
        description={
          isPreset
            ? t(`recipe.preset.${match.name}` as 'recipe.preset.int8-static')
            : match?.description || t(match === null ? 'recipe.preset.changed' : 'recipe.preset.saved')
        }
        inputWrapperOrder={['label', 'input', 'description']}
        allowDeselect={false}
        value={match?.name ?? changedValue}
        data={[
          ...(match === null ? [{ value: changedValue, label: recipe.name }] : []),
          { group: t('recipe.presets'), items: presets.map(({ name }) => name) },
          ...(saved.length === 0 ? [] : [{ group: t('recipe.saved'), items: saved.map(({ name }) => name) }]),
        ]}
        onChange={(name) => {
          const known = recipes.find((other) => other.name === name);
          if (known !== undefined) props.onChange({ recipe: known });
        }}
      />
      <SavedRecipe
        recipe={recipe}
        match={match}
        onSaved={(kept) => props.onChange({ recipe: kept })}
        onListChange={listed.reload}
      />
      <Accordion
        chevronPosition="left"
        variant="default"
        className={classes.option}
        classNames={{
          content: classes.optionFields,
          control: classes.optionControl,
          label: classes.optionLabel,
          item: classes.optionItem,
        }}
      >
        <Accordion.Item value="options">
          <Accordion.Control>{t('experiment.allOptions')}</Accordion.Control>
          <Accordion.Panel>
            {enumerated('scheme')}
            <TagsInput
              size="xs"
              label={t('recipe.overrides.label')}
              description={t('recipe.overrides.help')}
              error={wrongOverride}
              data={nodes.flatMap((name) => [...schemeNames, 'float'].map((scheme) => `${name}=${scheme}`))}
              limit={80}
              value={recipe.overrides.flatMap(writeOverride)}
              onChange={setOverrides}
            />
            {enumerated('calibrationMethod')}
            <NumberInput
              size="xs"
              label={t('recipe.calibrationSamples.label')}
              description={t('recipe.calibrationSamples.help')}
              min={1}
              max={1_000_000}
              allowDecimal={false}
              value={recipe.calibrationSamples}
              onChange={(value) => typeof value === 'number' && value >= 1 && set({ calibrationSamples: value })}
            />
            <NumberInput
              size="xs"
              label={t('recipe.percentile.label')}
              description={t('recipe.percentile.help')}
              min={50.01}
              max={100}
              step={0.01}
              decimalScale={4}
              value={recipe.percentile}
              onChange={(value) =>
                typeof value === 'number' && value > 50 && value <= 100 && set({ percentile: value })
              }
            />
            <Select
              size="xs"
              label={t('recipe.blockSize.label')}
              description={t('recipe.blockSize.help')}
              allowDeselect={false}
              value={String(recipe.blockSize)}
              data={[...choicesOf('blockSize')!]}
              onChange={(value) => {
                const blockSize = blockSizes.find((size) => String(size) === value);
                if (blockSize !== undefined) set({ blockSize });
              }}
            />
            <Switch
              size="xs"
              label={t('recipe.perChannel.label')}
              description={t('recipe.perChannel.help')}
              checked={recipe.perChannel}
              onChange={(event) => set({ perChannel: event.currentTarget.checked })}
            />
            <Switch
              size="xs"
              label={t('recipe.symmetricActivations.label')}
              description={t('recipe.symmetricActivations.help')}
              checked={recipe.symmetricActivations}
              onChange={(event) => set({ symmetricActivations: event.currentTarget.checked })}
            />
            {enumerated('keepFloat')}
            {enumerated('reducedRange')}
            {enumerated('biasCorrection')}
            {enumerated('equalization')}
            {enumerated('weightRounding')}
            {(['includeOpTypes', 'excludeOpTypes', 'includeNodes', 'excludeNodes'] as const).map((option) => (
              <TagsInput
                key={option}
                size="xs"
                label={t(`recipe.${option}.label`)}
                description={t(`recipe.${option}.help`)}
                data={option.endsWith('OpTypes') ? opTypes : nodes}
                limit={80}
                value={[...recipe[option]]}
                onChange={(value) => set({ [option]: value })}
              />
            ))}
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Section>
  );
}
