import { errorCode } from './errorCode.ts';

/** True for errors that say "the database is away", not "the statement is wrong": the outcome of a commit is unknown. */
export function isConnectionLoss(error: unknown): boolean {
  const code = errorCode(error);
  return (
    /^(08...|57P0[123]|53300|25006)$/.test(code) ||
    /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/.test(code)
  );
}
