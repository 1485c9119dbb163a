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
  /** What exported pictures are called. */
  readonly fileName: string;
}

/** The network as a picture: modules to open, colours for what was measured, both models and their difference. */
export function NetworkView(props: NetworkViewProps) {
  const palette = usePalette();
  const { network, run, active, onActive } = props;
  const shown = useShownNetwork({ network, run, active, onActive, palette });
  const canvas = useRef<CanvasHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const moves = useViewMoves(canvas, active, shown);
  const actions = networkActions(shown, moves, onActive, run !== null);
  const { mode, overlay, picture, drawn, found } = shown;
  const main = shown.scenes?.at(-1)?.scene ?? null;
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
      <WhatIsNotShown network={network} />
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
      <Legend
        overlay={overlay}
        scale={drawn.scale}
        palette={palette}
        hasFloat={mode !== 'before'}
        hasConversions={mode !== 'before' && drawn.converting.size > 0}
      />
      <SelectionSaid shown={shown} />
    </div>
  );
}

/** A model that is gone, and nodes that are too many. */
function WhatIsNotShown({ network: { missing, cut } }: { readonly network: RunNetwork }) {
  const { t } = useTranslation();
  return (
    <>
      {missing.map(({ model, why }) => (
        <p key={model} className="muted">
          {t(`network.missing.${model}`, { why: t(`network.why.${why}`) })}
        </p>
      ))}
      {cut.nodes + cut.edges > 0 && <p className="muted">{t('network.cut', { nodes: cut.nodes, edges: cut.edges })}</p>}
    </>
  );
}
