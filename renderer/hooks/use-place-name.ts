import type { QueuedInLab } from '../../shared/contract/lab-rows.ts';
import { useTranslation } from 'react-i18next';

/** Where a job may run, in words: "any device", "room=attic", or a device's name. */
export function usePlaceName(): (place: string) => string {
  const { t } = useTranslation();
  return (place) =>
    place === 'any' ? t('devices.any') : place.startsWith('label=') ? place.slice('label='.length) : place;
}

/** Who does a run of the lab, or where it may go. */
export function useLabText(): (lab: QueuedInLab) => string {
  const { t } = useTranslation();
  const placeName = usePlaceName();
  return ({ device, place, phase }) =>
    device !== null && phase !== 'waiting'
      ? t('devices.onDevice', { name: device })
      : t('devices.onDevice', { name: placeName(place) });
}
