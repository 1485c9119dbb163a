import { ActionIcon, Loader, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NetworkView } from '../../components/network/network-view.tsx';
import { Icon } from '../../components/icon.tsx';
import { MoreMenu } from '../../components/more-menu.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { Page } from '../../components/page.tsx';
import { PathField } from '../../components/path-field.tsx';
import { useErrorText } from '../../hooks/use-engine-text.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute, networksRoute } from '../../route.ts';
import { faultyFile } from './faulty-file.ts';
import { useComparedModels, type ComparedModels } from './use-compared-models.ts';
import classes from './networks-page.module.css';

type Paths = readonly [string | null, string | null];

/** The networks of any two files, or of the models of two runs, side by side with what differs. */
export function NetworksPage(props: {
  readonly modelPaths: Paths;
  readonly runIds: readonly string[];
  readonly layer: string | null;
}) {
  const { t } = useTranslation();
  const { modelPaths, runIds, layer } = props;
  const models = useComparedModels(modelPaths, runIds);
  const { network, error, loading, names } = models;
  const fault = faultyFile(error, modelPaths);
  return (
    <Page fill title={t('networks.title')} actions={<MoreMenu />}>
      {models.isOfRuns ? (
        <RunLinks runIds={runIds} names={names} />
      ) : (
        <FileFields modelPaths={modelPaths} error={error} fault={fault} />
      )}
      {error !== null && fault === null && <ErrorNotice error={error} />}
      {loading && <Loader size="sm" role="status" aria-label={t('common.loading')} />}
      {!loading && network === null && error === null && <p className="muted">{t('networks.hint')}</p>}
      {!loading && network !== null && (
        <div className={classes.picture}>
          <NetworkView
            // Another pair is another picture.
            key={[...runIds, ...modelPaths].join('\n')}
            network={network}
            run={null}
            active={layer}
            onActive={(name) => {
              const { layer: _, ...route } = models.route();
              navigate(name === null ? route : { ...route, layer: name }, 'replace');
            }}
            sideNames={names}
            fileName="networks"
          />
        </div>
      )}
    </Page>
  );
}

/** Which two files; what cannot be read says so where it was named. */
function FileFields(props: { readonly modelPaths: Paths; readonly error: Error | null; readonly fault: 0 | 1 | null }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const recent = useRequest('recent.list', {});
  const models = (recent.value ?? []).flatMap(({ kind, path, present }) => (kind === 'model' && present ? [path] : []));
  const [first, second] = props.modelPaths;
  const go = (modelPaths: Paths): void => navigate({ ...networksRoute, modelPaths });
  const errorOf = (index: 0 | 1): string | null =>
    props.error !== null && props.fault === index ? errorText(props.error) : null;
  return (
    <div className={classes.fields}>
      <PathField
        label={t('networks.first')}
        kind="model"
        value={first}
        recent={models}
        error={errorOf(0)}
        onChange={(path) => go([path, second])}
      />
      <Tooltip label={t('networks.swap')}>
        <ActionIcon
          className={classes.swap}
          aria-label={t('networks.swap')}
          disabled={first === null && second === null}
          onClick={() => go([second, first])}
        >
          <Icon name="repeat" />
        </ActionIcon>
      </Tooltip>
      <PathField
        label={t('networks.second')}
        kind="model"
        value={second}
        recent={models}
        error={errorOf(1)}
        onChange={(path) => go([first, path])}
      />
    </div>
  );
}

function RunLinks({ runIds, names }: { readonly runIds: readonly string[]; readonly names: ComparedModels['names'] }) {
  const { t } = useTranslation();
  return (
    <p className={classes.runs}>
      {[names.before, names.after].map((name, index) => (
        <a key={index} href={formatRoute({ page: 'run', runId: runIds[index]! })}>
          {name}
        </a>
      ))}
      <a href={formatRoute({ page: 'compare', runIds })}>{t('networks.figures')}</a>
    </p>
  );
}
