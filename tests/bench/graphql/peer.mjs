// node peer.mjs PORT, with the database in PG* variables: PostGraphile as fast as its own settings make it.
import { createServer } from 'node:http';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

const CONNECTIONS = 10;
const pool = new pg.Pool({ max: CONNECTIONS });
const preset = {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ pool, schemas: ['peer'] })],
  grafast: { explain: false },
  grafserv: { graphiql: false, watch: false, websockets: false, outputDataAsString: true },
};
const server = createServer();

await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listens'));
