import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Icon } from '../../components/icon.tsx';
import { formatRoute, networksRoute } from '../../route.ts';
import type { ComparedRun } from './compared-run.ts';

/** Leads to the networks of the baseline and another run, side by side. */
export function CompareNetworks({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const [baseline, ...others] = runs;
  if (baseline === undefined || others.length === 0) return null;
  const hrefOf = (other: ComparedRun): string =>
    formatRoute({ ...networksRoute, runIds: [baseline.runId, other.runId] });
  const look = { variant: 'default', leftSection: <Icon name="compare" /> } as const;
  if (others.length === 1) {
    return (
      <Button component="a" href={hrefOf(others[0]!)} {...look}>
        {t('networks.ofRuns')}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button {...look}>{t('networks.ofRuns')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {others.map((other) => (
          <Menu.Item key={other.runId} component="a" href={hrefOf(other)}>
            {t('networks.pair', { first: baseline.letter, second: other.letter, name: other.title })}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
