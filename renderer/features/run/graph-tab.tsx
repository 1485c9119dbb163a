import { Button, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { shortId } from '../../../shared/run-id.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { NetworkView } from '../../components/network/network-view.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useRequest } from '../../hooks/use-request.ts';

/** The network of a run as a picture, read from its models when it is asked for. */
export function GraphTab(props: {
  readonly document: RunDocument;
  readonly active: string | null;
  readonly onActive: (name: string | null) => void;
  readonly onLayer: (name: string) => void;
}) {
  const { t } = useTranslation();
  const { document, active } = props;
  const { value, error } = useRequest('network.ofRun', { runId: document.runId });
  if (error !== null) return <ErrorNotice error={error} />;
  if (value === null) return <Loader size="sm" role="status" aria-label={t('common.loading')} />;
  const isLayer = active !== null && document.layers.some(({ name }) => name === active);
  return (
    <NetworkView
      network={value}
      run={document}
      active={active}
      onActive={props.onActive}
      fileName={`network-${shortId(document.runId)}`}
      details={
        isLayer && (
          <Button variant="default" onClick={() => props.onLayer(active)}>
            {t('diagnostics.showLayer')}
          </Button>
        )
      }
    />
  );
}
