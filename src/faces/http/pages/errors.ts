import { closes, comeBack, errors } from '../../../../contracts/errors.ts';
import type { PageParts } from './page.ts';

/** The table of refusals, with a place for each code that `type` of a problem points to. */
export const errorsPage: PageParts = {
  title: 'Plaza: errors',
  style: `
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
tr:target { background: color-mix(in srgb, var(--accent) 18%, transparent); }
`,
  main: `<h1>Errors</h1>
<p class="lead">The same codes on every face. “Again” means: the same request may succeed later without being changed.</p>
<div class="scroll"><table>
<thead><tr><th>Code</th><th>HTTP</th><th>gRPC</th><th>Again</th><th>What happened and what to do</th></tr></thead>
<tbody>
${Object.entries(errors)
  .map(
    ([code, { http, grpc, retryable, sentence }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${http}</td><td>${grpc}</td><td>${retryable ? 'yes' : 'no'}</td><td>${sentence}</td></tr>`,
  )
  .join('\n')}
</tbody></table></div>
<h2>Why a socket is closed</h2>
<div class="scroll"><table>
<thead><tr><th>Code</th><th>Close</th><th>Come back</th><th>Why</th></tr></thead>
<tbody>
${Object.entries(closes)
  .map(
    ([code, { close, sentence }]) =>
      `<tr><td><code>${code}</code></td><td>${close}</td><td>${comeBack(close) ? 'yes' : 'no'}</td><td>${sentence}</td></tr>`,
  )
  .join('\n')}
</tbody></table></div>`,
};
