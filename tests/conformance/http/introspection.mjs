// Our introspection, asked with every option, makes a schema that graphql-js finds valid: the one of the SDL.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildClientSchema, buildSchema, getIntrospectionQuery, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { start } from './server.mjs';
import { done, ok, same } from './tap.mjs';

const options = { descriptions: true, specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true };
const sdl = readFileSync(join(process.env.PDG_SOURCE_DIR, 'src/api/schema.graphql'), 'utf8');
const server = await start();

try {
  const response = await fetch(server.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: getIntrospectionQuery(options) }),
  });
  const { errors, data } = await response.json();

  same([response.status, errors], [200, undefined], 'the query with all six options is answered');
  const schema = buildClientSchema(data);

  same(validateSchema(schema).map((error) => error.message), [], 'the schema is valid');
  const [found, expected] = [schema, buildSchema(sdl)].map((one) => printSchema(lexicographicSortSchema(one)));

  ok(found === expected, 'it prints as the SDL does');
} finally {
  await server.stop();
}
done();
