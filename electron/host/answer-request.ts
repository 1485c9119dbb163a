import { AppError, serializeError } from '../../shared/app-error.ts';
import type { Reply } from '../../shared/contract/bridge.ts';
import { requestSchemas, type RequestName, type RequestParameters } from '../../shared/contract/requests.ts';
import type { RequestResults } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';

/** What answers these requests; parameters have been checked. */
export type Handlers<Names extends RequestName = RequestName> = {
  readonly [Name in Names]: (
    parameters: RequestParameters<Name>,
    /** Aborted when nobody wants the answer any more. */
    signal?: AbortSignal,
  ) => RequestResults[Name] | Promise<RequestResults[Name]>;
};

/** Checks the parameters and does what is asked; what goes wrong is an answer too. */
export async function answerRequest(
  handlers: Handlers,
  name: string,
  parameters: unknown,
  signal?: AbortSignal,
): Promise<Reply<unknown>> {
  try {
    if (!Object.hasOwn(requestSchemas, name)) throw new AppError('options-invalid', tell('requestUnknown', { name }));
    const schema = requestSchemas[name as RequestName];
    const parsed = schema.safeParse(parameters ?? {});
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError(
        'options-invalid',
        tell('requestParametersWrong', { name, field: issue?.path.join('.') ?? '', reason: issue?.message ?? '' }),
      );
    }
    const handler = handlers[name as RequestName] as (parameters: unknown, signal?: AbortSignal) => unknown;
    return { ok: true, value: await handler(parsed.data, signal) };
  } catch (error) {
    return { ok: false, error: serializeError(error) };
  }
}
