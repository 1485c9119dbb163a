import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { recipePresets, type Recipe } from '../../../shared/recipe.ts';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { SaveDialog } from '../../components/save-dialog.tsx';
import { useFailure, useUndo } from '../../hooks/use-notify.tsx';

/** Keeps an edited recipe under a name of its own, and takes a kept one away again. */
export function SavedRecipe(props: {
  readonly recipe: Recipe;
  /** The preset or saved recipe that has exactly these options. */
  readonly match: Recipe | null;
  readonly onSaved: (recipe: Recipe) => void;
  readonly onListChange: () => void;
}) {
  const { t } = useTranslation();
  const { recipe, match } = props;
  const offerUndo = useUndo();
  const fail = useFailure();
  const [naming, setNaming] = useState(false);
  const isSaved = match !== null && !Object.hasOwn(recipePresets, match.name);

  function remove(saved: Recipe): void {
    request('recipes.delete', { name: saved.name }).then(() => {
      props.onListChange();
      offerUndo(t('recipe.deleted', { name: saved.name }), async () => {
        await request('recipes.save', { recipe: saved });
        props.onListChange();
      });
    }, fail);
  }

  return (
    <Group gap="xs">
      {match === null && (
        <Button variant="default" leftSection={<Icon name="add" />} onClick={() => setNaming(true)}>
          {t('recipe.save')}
        </Button>
      )}
      {isSaved && (
        <Button variant="default" leftSection={<Icon name="trash" />} onClick={() => remove(match)}>
          {t('recipe.delete')}
        </Button>
      )}
      {naming && (
        <NameRecipe
          recipe={recipe}
          onClose={() => setNaming(false)}
          onSaved={(saved) => {
            setNaming(false);
            props.onListChange();
            props.onSaved(saved);
          }}
        />
      )}
    </Group>
  );
}

function NameRecipe(props: {
  readonly recipe: Recipe;
  readonly onClose: () => void;
  readonly onSaved: (recipe: Recipe) => void;
}) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [description, setDescription] = useState(props.recipe.description);
  const recipe = { ...props.recipe, name: name.trim(), description: description.trim() };
  const isPreset = Object.hasOwn(recipePresets, recipe.name);
  return (
    <SaveDialog
      title={t('recipe.saveTitle')}
      saveLabel={t('recipe.saveNow')}
      ready={recipe.name !== '' && !isPreset}
      save={() => request('recipes.save', { recipe })}
      onSaved={() => props.onSaved(recipe)}
      onClose={props.onClose}
    >
      <TextInput
        size="xs"
        data-autofocus
        label={t('recipe.name')}
        description={t('recipe.nameHelp')}
        maxLength={100}
        value={name}
        error={isPreset ? t('recipe.nameTaken') : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label={t('recipe.description')}
        maxLength={1000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
    </SaveDialog>
  );
}
