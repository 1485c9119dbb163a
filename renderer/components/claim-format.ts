import type { LedgerRow } from '../../shared/run.ts';
import { formatBytes, formatCount, formatMs } from '../../shared/units.ts';

/** A ledger figure in its unit. */
export function formatClaim(value: number, unit: LedgerRow['unit']): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value);
    case 'ms':
      return formatMs(value);
    case 'count':
    case 'MACs':
    case 'bit-operations':
      return formatCount(value);
  }
}
