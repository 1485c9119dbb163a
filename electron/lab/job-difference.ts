import { makeVisible } from '../../shared/make-visible.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import { jobSchema } from './lab-messages.ts';

/** Names of fields come from the message, which anybody may have written. */
const longestName = 100;

/** What of a job this build cannot read: builds of one version may differ in what a job holds. */
export function differenceOf(bytes: Uint8Array): Told {
  const message: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const issue = jobSchema.safeParse(message, { reportInput: true }).error?.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...unknown].map(String).join('.');
  const field = makeVisible(path).slice(0, longestName);
  if (unknown.length > 0) return tell('labFieldUnknown', { field });
  return tell(issue?.code === 'invalid_type' && issue.input === undefined ? 'labFieldMissing' : 'labFieldOther', {
    field,
  });
}
