// node peer.mjs PORT SCHEMA, with the database in PG* variables: PostGraphile as fast as its own settings make it. With PEER_TOKENS
// (a JSON object, token to organisation) each request acts for the organisation of its token, as PostGraphile's documentation of
// row-level security says: pgSettings from the request's context, which it sets in the transaction of the request.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const CONNECTIONS = 10;
const [port, schema] = process.argv.slice(2);
const organisations = process.env.PEER_TOKENS && new Map(Object.entries(JSON.parse(process.env.PEER_TOKENS)));
const pool = new pg.Pool({ max: CONNECTIONS });

function context({ node }) {
  const organisation = organisations.get(node.req.headers.authorization?.replace(/^Bearer /, ''));

  if (organisation === undefined) throw new Error('unknown token');
  return { pgSettings: { 'app.current_org_id': organisation } };
}

const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: [schema] })],
  grafast: { explain: false, ...(organisations ? { context } : {}) },
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
};
const server = createServer();

await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(port), '127.0.0.1', () => console.log('listens'));
