import { useEffect, useEffectEvent } from 'react';
import type { HostEventName, HostEvents } from '../../shared/contract/events.ts';
import { onHostEvent } from '../api.ts';

/** Calls the newest `listener` for every host event of this name while the component is mounted. */
export function useHostEvent<Name extends HostEventName>(
  name: Name,
  listener: (payload: HostEvents[Name]) => void,
): void {
  const onEvent = useEffectEvent(listener);
  useEffect(() => onHostEvent(name, (payload) => onEvent(payload)), [name]);
}
