// Random documents on random schemas: what this engine refuses, and where, against graphql-js with the 26 rules of the
// specification. node differential.mjs [DOCUMENTS [SEED]]; PDG_TEST_GQLCHECK is the program that answers.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, specifiedRules, validate } from 'graphql';
import { Generator } from './random-schema.mjs';
import { done, ok } from './tap.mjs';

const DOCUMENTS_A_SCHEMA = 100;
const MAX_TOLD = 5;
/* A nullable variable in a @oneOf object: the rule on positions tells it too. graphql-js' own test cases (see
 * tests/graphql) want both, its release 16.15.0 tells one. */
const SAID_TWICE = /^Variable "\w+" must be non-nullable to be used for OneOf/;
const rules = specifiedRules.filter((rule) => rule.name !== 'MaxIntrospectionDepthRule'); // not in the specification
const wanted = Number(process.env.PDG_TEST_DOCUMENTS ?? 10000);
const seed = Number(process.env.PDG_TEST_SEED ?? 1);
const folder = mkdtempSync(join(tmpdir(), 'pdg-differential-'));

function places(error) {
  return (error.locations ?? []).map((at) => `${at.line}:${at.column}`).join(' ');
}

function theirs(schema, text) {
  let document;

  try {
    document = parse(text);
  } catch (error) {
    return { syntax: true, errors: [error] };
  }
  return { syntax: false, errors: validate(schema, document, rules, { maxErrors: 1e6 }) };
}

function ours(sdl, documents) {
  const file = join(folder, 'schema.graphql');

  writeFileSync(file, sdl);
  const run = spawnSync(process.env.PDG_TEST_GQLCHECK, [file],
                        { input: `${documents.map((text) => JSON.stringify(text)).join('\n')}\n`, maxBuffer: 1e9, encoding: 'utf8' });

  if (run.status !== 0) throw new Error(`gqlcheck: ${run.status ?? run.signal}: ${run.stderr}\n${sdl}`);
  return run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line).errors ?? []);
}

const counts = { documents: 0, valid: 0, syntax: 0, differ: 0, verdicts: 0, messages: 0 };
const told = [];

for (let n = 0; counts.documents < wanted; n++) {
  const generator = new Generator(seed * 100003 + n);
  const documents = Array.from({ length: Math.min(DOCUMENTS_A_SCHEMA, wanted - counts.documents) }, () => generator.document());
  const answers = ours(generator.sdl, documents);

  documents.forEach((text, i) => {
    const expected = theirs(generator.schema, text);
    const found = answers[i].filter((error) => error.extensions.code.startsWith('GRAPHQL_') // not of variables without values
                                               && !SAID_TWICE.test(error.message));
    const key = (errors) => errors.map(places).sort().join(' | ');

    counts.documents++;
    counts.valid += expected.errors.length === 0;
    counts.syntax += expected.syntax;
    if ((found.length === 0) !== (expected.errors.length === 0)) counts.verdicts++;
    if (found.length !== expected.errors.length || key(found) !== key(expected.errors)) {
      const line = (error) => `${places(error)} ${error.message}`;
      const [a, b] = [found.map(line), expected.errors.map(line)];

      counts.differ++;
      if (told.length < MAX_TOLD)
        told.push(`schema ${n}:\n${generator.sdl}\n${text}\nonly here: ${JSON.stringify(a.filter((x) => !b.includes(x)))}\nonly there: ${
          JSON.stringify(b.filter((x) => !a.includes(x)))}`);
    } else if (found.map((e) => e.message).sort().join() !== expected.errors.map((e) => e.message).sort().join()) {
      counts.messages++;
      if (process.env.PDG_TEST_VERBOSE) console.log(`# ${JSON.stringify([found.map((e) => e.message), expected.errors.map((e) => e.message)])}`);
    }
  });
}
rmSync(folder, { recursive: true });
console.log(`# ${JSON.stringify(counts)} (seed ${seed}; messages: same places, other words)`);
ok(counts.valid > wanted / 10 && counts.syntax > wanted / 50, 'some documents are valid, some are broken', counts);
ok(counts.differ === 0, `none of ${wanted} documents differ in number or places of errors`, told.join('\n\n'));
done();
