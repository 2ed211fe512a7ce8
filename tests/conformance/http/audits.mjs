// The audits of GraphQL over HTTP that npm graphql-http publishes: every one must be met, the recommendations too.
import { serverAudits } from 'graphql-http';
import { start } from './server.mjs';
import { done, ok, same } from './tap.mjs';

const N_AUDITS = 61;
const server = await start();

try {
  const audits = serverAudits({ url: server.url, fetchFn: fetch });

  same(audits.length, N_AUDITS, 'the suite has its audits');
  for (const audit of audits) {
    const result = await audit.fn();

    ok(result.status === 'ok', `${audit.id} ${audit.name}`, `${result.status}: ${result.reason ?? ''}`);
  }
} finally {
  await server.stop();
}
done();
