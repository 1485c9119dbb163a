import type { RunDocument } from '../../../shared/run.ts';
import { makeVisible } from '../../../shared/make-visible.ts';
import type { Section } from '../report-document.ts';
import type { ReportTexts } from '../texts/report-texts.ts';

function describeSetting(value: unknown): string {
  return Array.isArray(value) ? (value.length === 0 ? '–' : value.join(', ')) : String(value);
}

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
  const settings = Object.entries(recipe).filter(([name]) => name !== 'name' && name !== 'description');
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
        facts: settings.map(([name, value]) => ({ label: name, value: makeVisible(describeSetting(value)) })),
      },
    ],
  };
}
