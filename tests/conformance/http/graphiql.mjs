// GraphiQL is served from here alone, and its examples are documents that the server takes.
import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { start } from './server.mjs';
import { done, ok, same } from './tap.mjs';

const server = await start();
const get = (path, headers = {}) => fetch(`${server.base}${path}`, { headers });

try {
  const page = await get('/graphiql');
  const text = await page.text();
  const policy = page.headers.get('content-security-policy') ?? '';

  ok(policy.includes("script-src 'self'") && policy.includes("default-src 'none'") && !policy.includes('unsafe'), 'the policy allows only own files', policy);
  ok(!/https?:\/\//.test(text) && !/<script>|<style>| on[a-z]+=/.test(text), 'nothing is loaded from elsewhere, nothing is inline');
  if (page.status === 200) {
    const nonce = (from) => /'nonce-([\w-]{20,})'/.exec(from.headers.get('content-security-policy'))?.[1];

    ok(nonce(page) && text.includes(`data-nonce="${nonce(page)}"`) && nonce(page) !== nonce(await get('/graphiql')), 'each page has a nonce of its own', policy);
    for (const [, path] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await get(path);
      const length = (await file.text()).length;

      ok(file.status === 200 && length > 0 && file.headers.get('x-content-type-options') === 'nosniff', `${path} is there`, [file.status, length]);
    }
  } else {
    ok(page.status === 404 && text.includes('install-deps'), 'without its packages a page says what to do', text);
  }
  same((await get('/graphiql', { 'x-forwarded-for': '192.0.2.1' })).status, 401, 'others need a token');
  same((await get('/graphiql/nope.js')).status, 404, 'there are no other files');

  const schema = buildSchema(readFileSync(new URL('../../../src/api/schema.graphql', import.meta.url), 'utf8'));

  for (const { query, variables } of await (await get('/graphiql/examples.json')).json()) {
    const response = await fetch(server.url, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables: JSON.parse(variables ?? 'null') }),
    });
    const { errors } = await response.json();
    const streams = /^subscription/m.test(query);
    const name = query.match(/^(?:query|mutation|subscription) (\w+)/m)[1];

    same(validate(schema, parse(query)).map(({ message }) => message), [], `the example ${name} is valid`);
    ok(streams ? errors?.[0].message.startsWith('a subscription needs') : errors === undefined, `the example ${name} runs`, errors);
  }
} finally {
  await server.stop();
}
done();
