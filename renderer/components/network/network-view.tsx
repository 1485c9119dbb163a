import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { ErrorNotice } from '../notice.tsx';
import { usePalette } from '../use-palette.ts';
import type { CanvasHandle } from './canvas-handle.ts';
import { exportPng, exportSvg } from './export-picture.ts';
import { Legend } from './legend.tsx';
import { networkActions } from './network-actions.ts';
import { onNetworkKey } from './network-keys.ts';
import { NetworkStage } from './network-stage.tsx';
import { joinScenes } from './join-scenes.ts';
import { ThresholdField } from './threshold-field.tsx';
import type { SideNames } from './use-scenes.ts';
import { NetworkTools } from './network-tools.tsx';
import { SelectedItem, SelectionSaid } from './selected-item.tsx';
import { useShownNetwork } from './use-shown-network.ts';
import { useViewMoves } from './use-view-moves.ts';
import classes from './network.module.css';

interface NetworkViewProps {
  readonly network: RunNetwork;
  /** Null for two files that no run tells about. */
  readonly run: RunDocument | null;
  /** Name of the selected layer, kept by whoever shows this. */
  readonly active: string | null;
  readonly onActive: (name: string | null) => void;
  /** Below what is known of the selected node. */
  readonly details?: ReactNode;
  /** What both sides are called where they are no original and what was made of it. */
  readonly sideNames?: SideNames;
  /** What exported pictures are called. */
  readonly fileName: string;
}

/** The network as a picture: modules to open, colours for what was measured, both models and their difference. */
export function NetworkView(props: NetworkViewProps) {
  const palette = usePalette();
  const { network, run, active, onActive } = props;
  const shown = useShownNetwork({ network, run, active, onActive, palette, sideNames: props.sideNames ?? null });
  const canvas = useRef<CanvasHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const moves = useViewMoves(canvas, active, shown);
  const actions = networkActions(shown, moves, onActive, run !== null);
  const { mode, overlay, picture, drawn, found } = shown;
  const main = shown.scenes === null ? null : joinScenes(shown.scenes.map(({ scene }) => scene));
  return (
    <div className={classes.view}>
      <NetworkTools
        mode={network.missing.length === 0 ? mode : null}
        onMode={actions.changeMode}
        overlay={overlay}
        hasRun={run !== null}
        onOverlay={shown.setOverlay}
        query={shown.query}
        onQuery={shown.setQuery}
        searchRef={search}
        foundCount={found?.size ?? null}
        onNext={actions.nextFound}
        onLeave={() => stage.current?.focus()}
        onOpenAll={picture.tree.modules.size > 1 ? actions.openAll : null}
        onExport={
          main === null ? null : (kind) => (kind === 'png' ? exportPng : exportSvg)(main, palette, props.fileName)
        }
      />
      <WhatIsNotShown network={network} isOfRun={run !== null} />
      {shown.layoutError !== null && <ErrorNotice error={shown.layoutError} />}
      <div className={classes.body}>
        <NetworkStage
          shown={shown}
          actions={actions}
          palette={palette}
          stageRef={stage}
          canvasRef={canvas}
          onKey={(event) => onNetworkKey(event, shown, actions, { canvas: canvas.current, search: search.current })}
        />
        <SelectedItem shown={shown} toggle={actions.toggle} details={props.details} />
      </div>
      <div className={classes.below}>
        <Legend
          overlay={overlay}
          scale={drawn.scale}
          palette={palette}
          hasFloat={mode !== 'before'}
          hasConversions={mode !== 'before' && drawn.converting.size > 0}
        />
        <ThresholdField shown={shown} />
      </div>
      <SelectionSaid shown={shown} />
    </div>
  );
}

/** A model that is gone, and nodes that are too many. */
function WhatIsNotShown(props: { readonly network: RunNetwork; readonly isOfRun: boolean }) {
  const { missing, cut } = props.network;
  const { t } = useTranslation();
  return (
    <>
      {missing.map(({ model, why }) => (
        <p key={model} className="muted">
          {t(props.isOfRun ? `network.missing.${model}` : `network.missingOfTwo.${model}`, {
            why: t(`network.why.${why}`),
          })}
        </p>
      ))}
      {cut.nodes + cut.edges > 0 && <p className="muted">{t('network.cut', { nodes: cut.nodes, edges: cut.edges })}</p>}
    </>
  );
}
