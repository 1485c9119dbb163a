import { useMemo } from 'react';
import { useViewChoice } from '../../hooks/use-view-choice.ts';
import { overlays, type Overlay } from './overlay.ts';
import { thresholdOf, type Threshold } from './threshold.ts';
import { modes, type Mode } from './use-picture.ts';

/** What colours mean until somebody chooses: times of one model, what became of its nodes where there are two. */
export function usualOverlay(mode: Mode, hasRun: boolean): Overlay {
  return mode === 'difference' || mode === 'both' || !hasRun ? 'change' : 'time';
}

export interface NetworkChoices {
  readonly mode: Mode;
  readonly setMode: (mode: Mode) => void;
  readonly overlay: Overlay;
  readonly setOverlay: (overlay: Overlay) => void;
  readonly threshold: Threshold | null;
  readonly setThreshold: (least: number | null) => void;
}

/** Which model, coloured by what, from what on: kept in the address. */
export function useNetworkChoices(hasRun: boolean): NetworkChoices {
  const [modeText, setModeText] = useViewChoice('network', hasRun ? 'after' : 'both');
  const [overlayText, setOverlayText] = useViewChoice('colour', '', 'replace');
  const [thresholdText, setThresholdText] = useViewChoice('threshold', '', 'replace');
  const mode = modes.find((known) => known === modeText) ?? (hasRun ? 'after' : 'both');
  const overlay = overlays.find((known) => known === overlayText) ?? usualOverlay(mode, hasRun);
  const threshold = useMemo(() => thresholdOf(overlay, thresholdText), [overlay, thresholdText]);
  return {
    mode,
    setMode: setModeText,
    overlay,
    setOverlay: (next) => {
      setOverlayText(next);
      // Milliseconds are no decibels.
      if (next !== overlay) setThresholdText('');
    },
    threshold,
    setThreshold: (value) => setThresholdText(value === null ? '' : String(value)),
  };
}
