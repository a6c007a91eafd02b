import type { PageParts } from './page.ts';

/** Where the one-time link of the first start leads: sign up (or in), and become the first admin. */
export const firstAdmin: PageParts = {
  title: 'Plaza: the first admin',
  style: `
form { display: grid; gap: 1rem; max-width: 26rem; }
label { display: grid; gap: .3rem; font-weight: 600; }
input { font: inherit; font-weight: 400; padding: .6rem .7rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; width: 100%; }
input[aria-invalid="true"] { border-color: var(--bad); }
.error { color: var(--bad); font-weight: 400; font-size: .9rem; }
.error:empty { display: none; }
button { font: inherit; font-weight: 600; padding: .7rem 1rem; border: 0; border-radius: .5rem; background: var(--accent); color: var(--paper); cursor: pointer; }
button:disabled { opacity: .6; cursor: progress; }
.plain { background: none; color: var(--accent); font-weight: 400; padding: 0; text-align: left; text-decoration: underline; text-underline-offset: .2em; }
textarea { width: 100%; font: .8rem/1.4 ui-monospace, monospace; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem; }
[hidden] { display: none !important; }
`,
  main: `<h1>You are the first</h1>
<div id="ask">
<p class="lead">Make your account; it will be the admin of this place.</p>
<noscript><p class="error">This page needs JavaScript. Without it: sign up at POST /v1/sign-up, then send the code to POST /v1/first-admin.</p></noscript>
<form novalidate>
<label id="name-row">Name <input name="name" autocomplete="name" required><span class="error" role="alert"></span></label>
<label>E-mail <input name="email" type="email" autocomplete="email" required><span class="error" role="alert"></span></label>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="8" required><span class="error" role="alert"></span></label>
<label id="code-row">Code <input name="code" autocomplete="one-time-code" required><span class="error" role="alert"></span></label>
<span class="error" id="other" role="alert"></span>
<button>Become the admin</button>
<button type="button" class="plain" id="switch">I have an account already</button>
</form>
</div>
<div id="done" hidden tabindex="-1">
<p class="lead">Welcome, <strong id="who"></strong>. You are the admin of this place.</p>
<p>Try <a href="/graphql">GraphQL</a> or <a href="/docs">REST</a>; both want your access token, which is good for a few minutes:</p>
<textarea id="token" rows="5" readonly aria-label="Access token"></textarea>
</div>`,
  script: `
const form = document.querySelector('form');
const at = (id) => document.getElementById(id);
const code = new URLSearchParams(location.search).get('code');
if (code) {
  form.code.value = code;
  at('code-row').hidden = true;
  history.replaceState(null, '', location.pathname);
}
let known = false;
let session = null;

at('switch').onclick = () => {
  known = !known;
  at('name-row').hidden = known;
  form.password.autocomplete = known ? 'current-password' : 'new-password';
  at('switch').textContent = known ? 'I have no account yet' : 'I have an account already';
};

form.onsubmit = async (event) => {
  event.preventDefault();
  clear();
  const asked = known ? ['email', 'password', 'code'] : ['name', 'email', 'password', 'code'];
  const empty = asked.filter((field) => form[field].value.trim() === '');
  for (const field of empty) complain(field, 'Please fill this in.');
  if (empty.length) return form[empty[0]].focus();
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    session ??= await signedIn();
    const account = await call('/v1/first-admin', { code: form.code.value.trim() }, session.tokens.access);
    at('ask').hidden = true;
    at('done').hidden = false;
    at('who').textContent = session.person.name;
    at('token').value = session.tokens.access;
    at('done').focus();
  } catch (problem) {
    const field = problem.code === 'wrong_code' ? 'code' : problem.code === 'wrong_credentials' ? 'password' : problem.field;
    complain(form[field] instanceof HTMLInputElement ? field : null, problem.detail ?? 'The server does not answer; try again in a moment.');
    if (problem.code === 'unauthenticated' || problem.code === 'token_expired') session = null;
  } finally {
    button.disabled = false;
  }
};

function signedIn() {
  const [email, password] = [form.email.value.trim(), form.password.value];
  return known ? call('/v1/sign-in', { email, password }) : call('/v1/sign-up', { name: form.name.value.trim(), email, password });
}

async function call(path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: 'Bearer ' + token }) };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw answer;
  return answer;
}

function complain(field, text) {
  if (field === null) return (at('other').textContent = text);
  if (field === 'code') at('code-row').hidden = false;
  form[field].setAttribute('aria-invalid', 'true');
  form[field].parentElement.querySelector('.error').textContent = text;
  form[field].focus();
}

function clear() {
  for (const place of form.querySelectorAll('.error')) place.textContent = '';
  for (const input of form.querySelectorAll('input')) input.removeAttribute('aria-invalid');
}
`,
};
