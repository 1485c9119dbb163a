import { writeSettings } from '../../../shared/name-recipe.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Section } from '../report-document.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

export function methodSection(texts: ReportTexts): Section {
  return {
    id: 'method',
    title: texts.sections.method,
    collapsed: true,
    blocks: [{ kind: 'definitions', items: texts.method }],
  };
}

export function recipeSection({ recipe }: Pick<RunDocument, 'recipe'>, texts: ReportTexts): Section {
  const description = texts.engineText(recipe.description);
  return {
    id: 'recipe',
    title: texts.sections.recipe,
    collapsed: true,
    blocks: [
      {
        kind: 'paragraph',
        text: makeVisible(description === '' ? recipe.name : `${recipe.name}${texts.colon}${description}`),
      },
      {
        kind: 'facts',
        facts: writeSettings(recipe).map(([label, text]) => ({ label, value: text === '' ? '–' : makeVisible(text) })),
      },
    ],
  };
}
