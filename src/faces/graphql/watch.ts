import { type DocumentNode, type GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Logger } from '../../kit/log.ts';
import { type Metrics, waits } from '../../kit/metrics.ts';
import type { Context } from './context.ts';
import { coded, isUnforeseen, rootOf } from './errors.ts';
import { executeQuery } from './execute.ts';
import { checkCost, checkShape, type GraphqlLimits, parserWithin, within } from './limits.ts';

interface Result {
  errors?: readonly GraphQLError[] | undefined;
}

/** Holds every operation, on whatever transport, to the limits; codes, logs and measures what comes of it. */
export function watchOperations({
  limits,
  logger,
  metrics,
}: {
  limits: GraphqlLimits;
  logger: Pick<Logger, 'error' | 'debug'>;
  metrics: Metrics;
}): Plugin<Context> {
  const seconds = metrics.histogram('plaza_graphql_operation_seconds', 'Time to execute a GraphQL query or mutation.', waits, [
    'kind',
    'outcome',
  ]);
  const parse = parserWithin(limits);

  function codedResult<R extends Result>(result: R, { requestId }: Context): R {
    if (!result.errors?.length) return result;
    for (const error of result.errors) {
      if (isUnforeseen(error)) logger.error({ err: rootOf(error), requestId, path: error.path?.join('.') }, 'A GraphQL field failed.');
    }
    return { ...result, errors: result.errors.map((error) => coded(error, requestId)) };
  }

  return {
    onParse({ setParseFn }) {
      setParseFn(parse);
    },
    // Documents that were not executed.
    onExecutionResult({ result, setResult }) {
      if (result && !Array.isArray(result) && 'errors' in result && result.errors?.length)
        setResult({ ...result, errors: result.errors.map((error) => coded(error)) });
    },
    onValidate({ params, setResult }) {
      const refusal = checkShape(params.documentAST, limits);
      if (refusal) setResult([refusal]);
    },
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const refusal = checkCost(args, limits);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      setExecuteFn((given) => within(limits.seconds, executeQuery(given, args.contextValue) ?? executeFn(given)));
      const started = performance.now();
      const kind = kindOf(args.document, args.operationName);
      return {
        onExecuteDone({ result, setResult }) {
          if (Symbol.asyncIterator in result) return;
          const answer = codedResult(result, args.contextValue);
          seconds.observe({ kind, outcome: String(answer.errors?.[0]?.extensions['code'] ?? 'ok') }, (performance.now() - started) / 1000);
          setResult(answer);
        },
      };
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const refusal = checkCost(args, limits);
      if (refusal) return setResultAndStopExecution({ errors: [refusal] });
      return {
        onSubscribeResult({ result, setResult }) {
          if (!(Symbol.asyncIterator in result)) return setResult(codedResult(result, args.contextValue));
          return { onNext: ({ result: event, setResult: setEvent }) => setEvent(codedResult(event, args.contextValue)) };
        },
      };
    },
  };
}

function kindOf(document: DocumentNode, name: string | null | undefined): string {
  return getOperationAST(document, name)?.operation ?? 'none';
}
