import { changedClasses, changedConfusions } from '../../../shared/confusion-matrix.ts';
import { nameAnswer, type SampleEvidence } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { formatCount } from '../../../shared/units.ts';
import { Panel } from '../../components/page.tsx';
import { useTextLanguage } from './use-text-language.ts';
import classes from './run-page.module.css';

const sideRows = 12;

/** Of how many samples of a class each model is right, where that changed. */
export function ChangedClasses({ samples }: { readonly samples: SampleEvidence }) {
  const words = sampleWords[useTextLanguage()];
  const changed = changedClasses(samples, sideRows);
  if (changed.length === 0) return null;
  return (
    <Panel title={words.perClass} label={words.perClass}>
      <SideTable
        heads={[words.className, words.count, words.rightBefore, words.rightAfter]}
        rows={changed.map(({ class: index, count, rightBefore, rightAfter }) => ({
          words: [nameAnswer(index, samples)],
          figures: [count, rightBefore, rightAfter],
          isWorse: rightAfter < rightBefore,
        }))}
      />
    </Panel>
  );
}

/** Pairs of classes that are confused more or less often. */
export function ChangedConfusions({ samples }: { readonly samples: SampleEvidence }) {
  const words = sampleWords[useTextLanguage()];
  const confused = changedConfusions(samples, sideRows);
  if (confused.length === 0) return null;
  return (
    <Panel title={words.confusions} label={words.confusions}>
      <SideTable
        heads={[words.className, words.given, words.before, words.after]}
        rows={confused.map(({ expected, given, before, after }) => ({
          words: [nameAnswer(expected, samples), nameAnswer(given, samples)],
          figures: [before, after],
          isWorse: after > before,
        }))}
      />
    </Panel>
  );
}

interface SideRow {
  readonly words: readonly string[];
  readonly figures: readonly number[];
  readonly isWorse: boolean;
}

function SideTable({ heads, rows }: { heads: readonly string[]; rows: readonly SideRow[] }) {
  return (
    <table className={classes.sideTable}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ words, figures, isWorse }) => (
          <tr key={words.join(' ')}>
            {words.map((word, column) => (
              <td key={column} title={word} className={classes.sideWord}>
                {word}
              </td>
            ))}
            {figures.map((figure, column) => (
              <td key={column} className={isWorse && column === figures.length - 1 ? classes.bad : undefined}>
                {formatCount(figure)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
