import { ActionIcon, Loader } from '@mantine/core';
import { useRef, type KeyboardEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { Palette } from '../../theme.ts';
import { Icon } from '../icon.tsx';
import type { CanvasHandle } from './canvas-handle.ts';
import { Minimap, type MinimapHandle } from './minimap.tsx';
import type { NetworkActions } from './network-actions.ts';
import { NetworkCanvas } from './network-canvas.tsx';
import type { ShownNetwork } from './use-shown-network.ts';
import classes from './network.module.css';

/** The picture itself, with its minimap and zoom. */
export function NetworkStage({
  stageRef,
  canvasRef,
  ...props
}: {
  readonly shown: ShownNetwork;
  readonly actions: NetworkActions;
  readonly palette: Palette;
  readonly stageRef: RefObject<HTMLDivElement | null>;
  readonly canvasRef: RefObject<CanvasHandle | null>;
  readonly onKey: (event: KeyboardEvent) => void;
}) {
  const { t } = useTranslation();
  const { shown, actions, palette } = props;
  const { scenes } = shown;
  const minimap = useRef<MinimapHandle>(null);
  const main = scenes?.at(-1)?.scene ?? null;
  return (
    <div
      ref={stageRef}
      className={classes.stage}
      tabIndex={0}
      role="application"
      aria-roledescription={t('network.role')}
      aria-label={t('network.label', { count: shown.network.nodes.length })}
      aria-description={t('network.keys')}
      onKeyDown={props.onKey}
    >
      {scenes !== null && (
        <NetworkCanvas
          ref={canvasRef}
          scenes={scenes}
          palette={palette}
          onPick={(box) => actions.select(box?.id ?? null, 'stay')}
          onToggle={actions.toggle}
          onView={() => minimap.current?.paint()}
        />
      )}
      {shown.isBusy && (
        <div className={classes.busy} role="status">
          <Loader size={14} />
          {t('network.layingOut')}
        </div>
      )}
      <div className={classes.corner}>
        {main !== null && <Minimap ref={minimap} scene={main} palette={palette} canvas={canvasRef} />}
        <div className={classes.zoom}>
          <ActionIcon aria-label={t('network.zoomIn')} onClick={() => canvasRef.current?.zoomBy(1.3)}>
            +
          </ActionIcon>
          <ActionIcon aria-label={t('network.zoomOut')} onClick={() => canvasRef.current?.zoomBy(1 / 1.3)}>
            −
          </ActionIcon>
          <ActionIcon aria-label={t('network.fit')} title={t('network.fit')} onClick={() => canvasRef.current?.fit()}>
            <Icon name="fit" />
          </ActionIcon>
        </div>
      </div>
    </div>
  );
}
