import { nameAnswer, nameSample, type SampleEvidence, type SampleRow } from '../../../shared/sample-evidence.ts';
import { sampleWords } from '../../../shared/sample-texts.ts';
import { useTranslation } from 'react-i18next';
import { Panel } from '../../components/page.tsx';
import classes from './sample-picture.module.css';
import page from './run-page.module.css';

/** The selected sample as it looks, and what both models say of it. */
export function SamplePicture({ row, samples }: { readonly row: SampleRow; readonly samples: SampleEvidence }) {
  const words = sampleWords[useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en'];
  const name = nameSample(row);
  const facts = (['expected', 'before', 'after'] as const).filter((field) => row[field] !== null);
  return (
    <Panel label={words.sample} title={words.sample}>
      <div className={classes.sample}>
        {row.picture !== null && <img src={row.picture} alt={name} className={classes.large} />}
        <dl className={page.layerFacts}>
          <dt>{words.outcome}</dt>
          <dd>{words.outcomes[row.outcome]}</dd>
          {facts.map((field) => (
            <div key={field} className={classes.fact}>
              <dt>{words[field]}</dt>
              <dd>{nameAnswer(row[field], samples)}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p className={`muted ${classes.name}`}>{name}</p>
    </Panel>
  );
}
