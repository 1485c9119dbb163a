import { Button, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { itemId, rootModule } from '../../../shared/network/module-tree.ts';
import { ItemFacts } from './item-facts.tsx';
import type { NetworkActions } from './network-actions.ts';
import type { ShownNetwork } from './use-shown-network.ts';
import classes from './network.module.css';

/** Beside the picture: what is selected, and what to do with it. */
export function SelectedItem(props: {
  readonly shown: ShownNetwork;
  readonly toggle: NetworkActions['toggle'];
  /** Below what is known of a node. */
  readonly details: ReactNode;
}) {
  const { t } = useTranslation();
  const { network, picture, drawn, selected } = props.shown;
  return (
    <aside className={classes.side} aria-label={t('network.selected')} tabIndex={0}>
      {selected === null ? (
        <p className="muted">{t('network.hint')}</p>
      ) : (
        <ItemFacts network={network} picture={drawn} item={selected} />
      )}
      {selected?.kind === 'module' && selected.id !== rootModule && (
        <Button variant="default" onClick={() => props.toggle({ id: itemId(selected), item: selected })}>
          {picture.open.has(selected.id) ? t('network.close') : t('network.open')}
        </Button>
      )}
      {selected?.kind === 'node' && props.details}
    </aside>
  );
}

/** Says a selection to those who do not see it. */
export function SelectionSaid({ shown }: { readonly shown: ShownNetwork }) {
  const { t } = useTranslation();
  const { network, drawn, selected } = shown;
  const said =
    selected === null
      ? ''
      : selected.kind === 'module'
        ? `${selected.id}, ${t('network.nodeCount', { count: drawn.moduleFigures(selected.id).nodeCount })}`
        : `${network.nodes[selected.node]!.opType} ${network.nodes[selected.node]!.name}`;
  return <VisuallyHidden aria-live="polite">{said}</VisuallyHidden>;
}
