// Random documents on random schemas: what this engine refuses and where, and what it answers to what it takes, against graphql-js.
// node run.mjs differential; PDG_TEST_GQLCHECK is the program that answers, PDG_TEST_DOCUMENTS and PDG_TEST_SEED say how many and which,
// PDG_TEST_SCHEMA tries one schema alone.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kind, buildSchema, parse, typeFromAST, validate } from 'graphql';
import { answer, essence } from './made-up.mjs';
import { DocumentGenerator } from './random-document.mjs';
import { SchemaGenerator } from './random-schema.mjs';
import { hits, rules } from './rules.mjs';
import { done, ok } from './tap.mjs';

const DOCUMENTS_A_SCHEMA = 60;
const EXECUTIONS_A_DOCUMENT = 2;
const MAX_TOLD = Number(process.env.PDG_TEST_TOLD ?? 5);
const wanted = Number(process.env.PDG_TEST_DOCUMENTS ?? 10000);
const seed = Number(process.env.PDG_TEST_SEED ?? 1);
const only = process.env.PDG_TEST_SCHEMA;
const least = Math.ceil(wanted / 500);
const folder = mkdtempSync(join(tmpdir(), 'pdg-differential-'));

function places(error) {
  return (error.locations ?? []).map((at) => `${at.line}:${at.column}`).join(' ');
}

const key = (errors) => errors.map(places).sort().join(' | ');

function theirs(schema, text) {
  let document;

  try {
    document = parse(text);
  } catch (error) {
    return { syntax: true, errors: [error] };
  }
  return { document, errors: validate(schema, document, rules, { maxErrors: 1e6 }) };
}

function ours(sdl, requests) {
  const file = join(folder, 'schema.graphql');

  writeFileSync(file, sdl);
  const run = spawnSync(process.env.PDG_TEST_GQLCHECK, [file],
                        { input: `${requests.map((request) => JSON.stringify(request)).join('\n')}\n`, maxBuffer: 1e9, encoding: 'utf8' });

  if (run.status !== 0) throw new Error(`gqlcheck: ${run.status ?? run.signal}: ${run.stderr}\n${sdl}`);
  return run.stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
}

const counts = { schemas: 0, documents: 0, valid: 0, syntax: 0, differ: 0, verdicts: 0, messages: 0, executions: 0, refused: 0, withErrors: 0, withData: 0, answersDiffer: 0 };
const told = [];
const toldAnswers = [];

function compareVerdict(n, text, expected, found) {
  counts.documents++;
  counts.valid += expected.errors.length === 0;
  counts.syntax += expected.syntax === true;
  if ((found.length === 0) !== (expected.errors.length === 0)) counts.verdicts++;
  if (key(found) === key(expected.errors) && found.length === expected.errors.length) {
    if (found.map((e) => e.message).sort().join() !== expected.errors.map((e) => e.message).sort().join()) {
      counts.messages++;
      if (process.env.PDG_TEST_VERBOSE) console.log(`# ${JSON.stringify([found.map((e) => e.message), expected.errors.map((e) => e.message)])}`);
    }
    return;
  }
  const line = (error) => `${places(error)} ${error.message}`;
  const [a, b] = [found.map(line), expected.errors.map(line)];

  counts.differ++;
  if (told.length < MAX_TOLD)
    told.push(`schema ${n}:\n${JSON.stringify(text)}\n${text}\nonly here: ${JSON.stringify(a.filter((x) => !b.includes(x)))}\nonly there: ${
      JSON.stringify(b.filter((x) => !a.includes(x)))}`);
}

/* Requests that execute @document: values for its variables, now and then a wrong name of an operation. No null for what @skip and
 * @include ask: by section 6.3.2 it is "not true", graphql-js makes an error of it. */
function makeRequests(generator, text, document) {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);

  return generator.some(EXECUTIONS_A_DOCUMENT, () => {
    const operation = generator.pick(operations);
    const variables = {};

    for (const { variable, type, defaultValue } of operation.variableDefinitions)
      if (!generator.chance(defaultValue ? 0.5 : 0.1)) {
        const value = generator.json(typeFromAST(generator.schema, type));

        variables[variable.name.value] = value ?? (text.includes(`(if: $${variable.name.value})`) ? true : null);
      }
    if (generator.chance(0.1)) variables.more = 1;
    return { query: text, execute: true, variables, operationName: generator.chance(0.95) ? operation.name?.value : generator.pick(['', 'O1', 'None', undefined]) };
  });
}

async function compareAnswer(n, schema, document, request, found) {
  const expected = await answer(schema, document, request.operationName, request.variables);

  counts.executions++;
  counts.refused += expected.data === undefined;
  counts.withErrors += expected.data !== undefined && expected.errors !== undefined;
  counts.withData += Boolean(expected.data);
  const [a, b] = [essence(found), essence(JSON.parse(JSON.stringify(expected)))];

  if (a === b) return;
  counts.answersDiffer++;
  if (toldAnswers.length < MAX_TOLD)
    toldAnswers.push(`schema ${n}:\n${request.query}\n${JSON.stringify({ ...request, query: undefined })}\nhere:  ${a}\nthere: ${b}\n${
      JSON.stringify([found.errors, expected.errors].map((errors) => errors?.map((e) => `${e.path} ${places(e)} ${e.message}`)))}`);
}

for (let n = only ? Number(only) : 0; counts.documents < wanted && !(only && counts.schemas > 0); n++) {
  const { sdl } = new SchemaGenerator(seed * 100003 + n);
  const schema = buildSchema(sdl);
  const generator = new DocumentGenerator(schema, seed * 100003 + n);
  const documents = generator.some(Math.min(DOCUMENTS_A_SCHEMA, wanted - counts.documents), () => generator.document());
  const verdicts = documents.map((text) => theirs(schema, text));
  const runs = documents.flatMap((text, i) => (verdicts[i].errors.length > 0 ? []
    : makeRequests(generator, text, verdicts[i].document).map((request) => ({ request, document: verdicts[i].document }))));
  const answers = ours(sdl, [...documents.map((query) => ({ query })), ...runs.map(({ request }) => request)]);

  counts.schemas++;
  documents.forEach((text, i) => compareVerdict(n, text, verdicts[i], answers[i].errors ?? []));
  for (const [i, { request, document }] of runs.entries()) await compareAnswer(n, schema, document, request, answers[documents.length + i]);
}
rmSync(folder, { recursive: true });
console.log(`# ${JSON.stringify(counts)} (seed ${seed}; messages: same places, other words)`);
console.log(`# errors by rule: ${JSON.stringify(hits)}`);
ok(counts.valid > wanted / 4 && counts.syntax > wanted / 20 && counts.withData > wanted / 4 && counts.withErrors > wanted / 20 && counts.refused > wanted / 100,
   'some documents are valid, some are broken; some answers are whole, some have errors', counts);
ok(Object.keys(hits).length >= 26 && Object.values(hits).every((n) => n > 0 && n >= least), `every rule said something ${least} times`, hits);
ok(counts.differ === 0, `none of ${counts.documents} documents on ${counts.schemas} schemas differ in number or places of errors`, told.join('\n\n'));
ok(counts.answersDiffer === 0, `none of ${counts.executions} answers differ`, toldAnswers.join('\n\n'));
done();
