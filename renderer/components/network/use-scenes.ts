import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { Palette } from '../../theme.ts';
import type { NetworkLayout } from './layout.ts';
import { makeScenes } from './make-scenes.ts';
import type { Overlay } from './overlay.ts';
import type { Scene } from './scene.ts';
import type { Threshold } from './threshold.ts';
import type { Mode, Picture } from './use-picture.ts';

export interface TitledScene {
  readonly key: string;
  readonly title: string | null;
  readonly scene: Scene;
}

export interface SideNames {
  readonly before: string;
  readonly after: string;
}

/** What is painted; null while its places are not known. */
export function useScenes(
  layout: NetworkLayout | null,
  picture: Picture | null,
  view: {
    readonly network: RunNetwork;
    readonly mode: Mode;
    readonly overlay: Overlay;
    readonly selectedId: string | null;
    readonly found: ReadonlySet<number> | null;
    readonly palette: Palette;
    readonly threshold: Threshold | null;
    readonly sideNames: SideNames | null;
  },
): readonly TitledScene[] | null {
  const { t } = useTranslation();
  const { network, mode, overlay, selectedId, found, palette, threshold, sideNames } = view;
  return useMemo(() => {
    if (layout === null || picture === null) return null;
    const countNodes = (count: number): string => t('network.nodeCount', { count });
    const plan = { network, picture, layout, mode, overlay, selectedId, found, palette, threshold, countNodes };
    return makeScenes(plan).map(({ side, scene }) => ({
      key: side,
      title: mode === 'both' ? (sideNames?.[side] ?? t(`variant.${side}`)) : null,
      scene,
    }));
  }, [layout, picture, network, mode, overlay, selectedId, found, palette, threshold, sideNames, t]);
}
