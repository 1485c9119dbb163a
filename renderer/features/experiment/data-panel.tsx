import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ArraySummary, DataPreview } from '../../../shared/contract/results.ts';
import { targetTitle, targetWords } from '../../../shared/target-texts.ts';
import { formatCount } from '../../../shared/units.ts';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatDims, formatNumber } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import type { RequestState } from '../../hooks/use-request.ts';
import classes from './experiment-page.module.css';
import { Looking } from './looking.tsx';

const useLanguage = () => (useTranslation().i18n.language === 'zh-CN' ? 'zh-CN' : 'en');

function PreviewFacts({ preview }: { readonly preview: DataPreview }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const isWithout = preview.warnings.some(({ code }) => code === 'unlabelled');
  const facts: readonly (readonly [string, string])[] = [
    [t('data.kind'), t(`data.kindOf.${preview.kind}`)],
    [t('data.samples'), formatCount(preview.count)],
    ...(preview.labelled
      ? [[t('data.labels'), t('data.labelled', { count: preview.count })] as const]
      : isWithout
        ? [[targetTitle(preview.targetKind, language), t('data.unlabelled')] as const]
        : []),
    ...(preview.classes === null ? [] : [[t('data.classes'), formatCount(preview.classes)] as const]),
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([term, value]) => (
        <div key={term} className={classes.fact}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Warnings({ preview }: { readonly preview: DataPreview }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { name, add } = targetWords(preview.targetKind, useLanguage());
  return (
    <>
      {preview.warnings.map((warning) => (
        <Notice
          key={warning.code + warning.message}
          tone="warning"
          title={t(`data.warning.${warning.code}.title`, { name })}
        >
          {t(`data.warning.${warning.code}.text`)}{' '}
          <span className="muted">{warning.code === 'unlabelled' ? add : engineText(warning.message)}</span>
        </Notice>
      ))}
    </>
  );
}

export function DataPanel(props: {
  readonly hasModel: boolean;
  readonly hasData: boolean;
  readonly state: RequestState<DataPreview>;
}) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const { state } = props;
  const columns = useMemo(
    (): TableColumn<ArraySummary>[] => [
      { id: 'name', header: t('column.tensor'), width: 96, grow: 1, value: (array) => array.name },
      { id: 'type', header: t('column.type'), width: 76, value: (array) => array.dataType },
      { id: 'dims', header: t('column.shape'), width: 124, value: (array) => formatDims(array.dims) },
      ...(['min', 'mean', 'max'] as const).map((id): TableColumn<ArraySummary> => ({
        id,
        header: t(`column.${id}`),
        width: 72,
        align: 'end',
        value: (array) => array[id],
        render: (array) => formatNumber(array[id]),
      })),
    ],
    [t],
  );
  if (!props.hasData || !props.hasModel) {
    return (
      <div className={classes.waiting}>
        <p>{t(props.hasModel ? 'experiment.dropData' : 'experiment.modelFirst')}</p>
      </div>
    );
  }
  if (state.error !== null) return <ErrorNotice error={state.error} title={t('experiment.dataFailed')} />;
  const preview = state.value;
  if (preview === null) {
    return <Looking />;
  }
  return (
    <div className={classes.flow}>
      <PreviewFacts preview={preview} />
      {preview.task !== null && <p>{engineText(preview.task)}</p>}
      <Warnings preview={preview} />
      {preview.examples.length > 0 && (
        <section aria-label={t('data.examples')} className={classes.flow}>
          <h3>{t('data.examples')}</h3>
          <div className={classes.examples}>
            {preview.examples.map((example) => (
              <figure key={example.name} className={classes.example}>
                <div className={classes.pictures}>
                  <span className={classes.picture}>
                    <img src={example.originalPng} alt={t('data.originalOf', { name: example.name })} />
                    <span className="muted">{t('data.original')}</span>
                  </span>
                  <span className={classes.picture}>
                    <img src={example.preprocessedPng} alt={t('data.preprocessedOf', { name: example.name })} />
                    <span className="muted">{t('data.preprocessed')}</span>
                  </span>
                </div>
                <figcaption className="clip" title={example.name}>
                  {example.name}
                  {example.label !== null && (
                    <span className="muted"> · {t('data.class', { label: example.label })}</span>
                  )}
                </figcaption>
              </figure>
            ))}
          </div>
          <p className="muted">{t('data.stretched')}</p>
        </section>
      )}
      {preview.texts.length > 0 && (
        <section aria-label={t('data.texts')} className={classes.flow}>
          <h3>{t('data.texts')}</h3>
          {preview.texts.map((example) => (
            <figure key={example.name} className={classes.text}>
              <blockquote>{example.text}</blockquote>
              <ol aria-label={t('data.tokens', { count: example.length })}>
                {example.tokens.map((token, index) => (
                  <li key={index}>{token}</li>
                ))}
                {example.tokens.length < example.length && <li>…</li>}
              </ol>
              <figcaption className="muted">
                {example.name} · {t('data.tokens', { count: example.length })}
                {example.label !== null && <> · {t('data.class', { label: example.label })}</>}
              </figcaption>
            </figure>
          ))}
        </section>
      )}
      <section aria-label={t('data.firstSample')}>
        <h3 style={{ marginBottom: 6 }}>{t('data.firstSample')}</h3>
        <Table label={t('data.firstSample')} columns={columns} rows={preview.arrays} rowId={(array) => array.name} />
      </section>
      {preview.notes.length > 0 && (
        <ul className="muted" style={{ margin: 0, paddingInlineStart: 18 }}>
          {preview.notes.map((note) => (
            <li key={note}>{engineText(note)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
