import { useMemo, useState } from 'react';
import type { Item } from '../../../shared/network/module-tree.ts';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { RunDocument } from '../../../shared/run.ts';
import type { Palette } from '../../theme.ts';
import type { NetworkLayout } from './layout.ts';
import { findNodes } from './make-scenes.ts';
import type { Overlay } from './overlay.ts';
import type { Threshold } from './threshold.ts';
import { useLayout } from './use-layout.ts';
import { usePicture, type Mode, type Picture } from './use-picture.ts';
import { useNetworkChoices } from './use-network-choices.ts';
import { useScenes, type SideNames, type TitledScene } from './use-scenes.ts';
import { boxIdOf, useSelection, type Selection } from './use-selection.ts';

/** What of a network is seen, and how: which model, in which colours, what is open, selected and found. */
export interface ShownNetwork {
  readonly network: RunNetwork;
  readonly mode: Mode;
  readonly setMode: (mode: Mode) => void;
  readonly overlay: Overlay;
  readonly setOverlay: (overlay: Overlay) => void;
  /** What is less than that in this colouring is dimmed; null while everything is shown. */
  readonly threshold: Threshold | null;
  readonly setThreshold: (least: number | null) => void;
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** Null while nothing is looked for. */
  readonly found: ReadonlySet<number> | null;
  /** As asked for; its places may not be known yet. */
  readonly picture: Picture;
  /** The last whose places are known. */
  readonly drawn: Picture;
  readonly layout: NetworkLayout | null;
  readonly layoutError: Error | null;
  readonly isBusy: boolean;
  readonly scenes: readonly TitledScene[] | null;
  readonly selection: Selection;
  readonly selected: Item | null;
  readonly selectedId: string | null;
}

/** The last that was there, while a newer one is made. */
function useLast<Value, First extends Value | null>(value: Value | null, first: First): Value | First {
  const [last, setLast] = useState<Value | First>(first);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}

export function useShownNetwork(props: {
  readonly network: RunNetwork;
  readonly run: RunDocument | null;
  readonly active: string | null;
  readonly onActive: (name: string | null) => void;
  readonly palette: Palette;
  readonly sideNames: SideNames | null;
}): ShownNetwork {
  const { network, run, palette } = props;
  const { mode, overlay, threshold, ...choices } = useNetworkChoices(run !== null);
  const [query, setQuery] = useState('');
  const selection = useSelection(network, props.active, props.onActive);
  const picture = usePicture(network, run, mode, selection.activeNode);
  const { layout, of, error: layoutError, isBusy } = useLayout(picture.visible);
  const placed = of === picture.visible ? picture : null;
  const drawn = useLast(placed, picture);
  const selected = selection.itemIn(drawn);
  const selectedId = boxIdOf(selected, drawn);
  const found = useMemo(() => findNodes(network, query), [network, query]);
  const made = useScenes(layout, placed, {
    ...{ network, mode, overlay, selectedId, found, palette, threshold },
    sideNames: props.sideNames,
  });
  const scenes = useLast(made, null);
  return {
    network,
    mode,
    overlay,
    threshold,
    ...choices,
    query,
    setQuery,
    found,
    picture,
    drawn,
    layout,
    layoutError,
    isBusy,
    scenes,
    selection,
    selected,
    selectedId,
  };
}
