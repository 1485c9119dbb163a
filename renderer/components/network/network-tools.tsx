import { Button, Menu, SegmentedControl, Select, TextInput } from '@mantine/core';
import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Icon } from '../icon.tsx';
import { overlays, type Overlay } from './overlay.ts';
import { modes, type Mode } from './use-picture.ts';
import classes from './network.module.css';

/** What is known of files that no run tells about. */
const overlaysOfFiles: readonly Overlay[] = ['bytes', 'change'];
/** The first comes first; of a run, what came out of it. */
const modesOfFiles: readonly Mode[] = ['before', 'after', 'difference', 'both'];

/** Which model, coloured by what, and what is looked for in it. */
export function NetworkTools({
  searchRef,
  ...props
}: {
  /** Null where there is only one model. */
  readonly mode: Mode | null;
  readonly onMode: (mode: Mode) => void;
  readonly overlay: Overlay;
  readonly hasRun: boolean;
  readonly onOverlay: (overlay: Overlay) => void;
  readonly query: string;
  readonly onQuery: (query: string) => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly foundCount: number | null;
  readonly onNext: () => void;
  /** Back to the picture. */
  readonly onLeave: () => void;
  /** Null where no module can be opened. */
  readonly onOpenAll: ((all: boolean) => void) | null;
  readonly onExport: ((kind: 'png' | 'svg') => void) | null;
}) {
  const { t } = useTranslation();
  const { mode, onMode, onOpenAll, onExport } = props;
  const shown = props.hasRun ? overlays : overlaysOfFiles;
  return (
    <div className={classes.tools}>
      {mode !== null && (
        <SegmentedControl
          size="xs"
          aria-label={t('network.mode')}
          value={mode}
          data={(props.hasRun ? modes : modesOfFiles).map((value) => ({
            value,
            label: t(props.hasRun ? `network.modes.${value}` : `network.modesOfTwo.${value}`),
          }))}
          onChange={(value) => onMode(modes.find((known) => known === value) ?? 'after')}
        />
      )}
      <Select
        size="xs"
        w={150}
        aria-label={t('network.overlay')}
        allowDeselect={false}
        value={props.overlay}
        data={shown.map((value) => ({ value, label: t(`network.overlays.${value}`) }))}
        onChange={(value) => props.onOverlay(overlays.find((known) => known === value) ?? 'change')}
      />
      <TextInput
        ref={searchRef}
        size="xs"
        w={180}
        type="search"
        data-find
        placeholder={t('network.search')}
        aria-label={t('network.search')}
        leftSection={<Icon name="search" size={14} />}
        value={props.query}
        onChange={(event) => props.onQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onNext();
          if (event.key !== 'Escape') return;
          props.onQuery('');
          props.onLeave();
        }}
      />
      {props.foundCount !== null && (
        <span className="muted" role="status">
          {t('network.found', { count: props.foundCount })}
        </span>
      )}
      {onOpenAll !== null && (
        <>
          <Button variant="default" onClick={() => onOpenAll(true)}>
            {t('network.openAll')}
          </Button>
          <Button variant="default" onClick={() => onOpenAll(false)}>
            {t('network.closeAll')}
          </Button>
        </>
      )}
      {onExport !== null && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" leftSection={<Icon name="image" />}>
              {t('network.export')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onExport('png')}>PNG</Menu.Item>
            <Menu.Item onClick={() => onExport('svg')}>SVG</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
