import { Accordion, Button, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Inspection } from '../../../shared/inspection.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { presetDescriptions, type Recipe } from '../../../shared/recipe.ts';
import { recipeOptionNames } from '../../../shared/recipe-options.ts';
import { useWords } from '../../hooks/use-engine-text.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { changeRecipe, matchingRecipe, presets } from '../../change-recipe.ts';
import type { Draft } from './draft.ts';
import { RecipeField } from './recipe-field.tsx';
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
  const words = useWords();
  const { recipe } = props.draft;
  const listed = useRequest('recipes.list', {});
  const recipes = listed.value ?? presets;
  const saved = recipes.filter((other) => !Object.hasOwn(presetDescriptions, other.name));
  const set = (change: Partial<Recipe>): void => props.onChange({ recipe: changeRecipe(recipe, change, recipes) });
  const match = matchingRecipe(recipe, recipes);
  const layers = props.inspection?.layers ?? [];
  const preset = match === null ? undefined : lookUp(presetDescriptions, match.name);
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
          preset !== undefined
            ? words(preset.hint)
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
            {recipeOptionNames.map((option) => (
              <RecipeField key={option} option={option} recipe={recipe} layers={layers} onChange={set} />
            ))}
          </Accordion.Panel>
        </Accordion.Item>
      </Accordion>
    </Section>
  );
}
