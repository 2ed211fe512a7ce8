// The OpenAPI document is valid, and true: each of its operations, asked with its own example, answers as it says.
import Ajv from 'ajv/dist/2020.js';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { done, ok, same } from '../http/tap.mjs';
import { start } from '../http/server.mjs';

const METHODS = ['get', 'put', 'post', 'delete'];
const server = await start();

function find(document, reference) {
  return reference.slice(2).split('/').reduce((at, name) => at[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

/** What a member stands for, wherever it is. */
function resolve(document, value) {
  return value?.$ref !== undefined ? resolve(document, find(document, value.$ref)) : value;
}

/** The document's own example of a parameter or a body. */
function exampleOf(media) {
  return media.examples !== undefined ? Object.values(media.examples).map((example) => example.value) : [];
}

function urlOf(document, path, operation, shared) {
  const query = new URLSearchParams();
  let filled = path;

  for (const each of [...(shared ?? []), ...(operation.parameters ?? [])]) {
    const parameter = resolve(document, each);

    if (parameter.in === 'path') filled = filled.replace(`{${parameter.name}}`, parameter.example);
    else if (parameter.in === 'query' && parameter.example !== undefined) query.set(parameter.name, parameter.example);
  }
  return `${server.base}${filled}${query.size > 0 ? `?${query}` : ''}`;
}

/** A form; its binary members stand in the example as base64. */
function formOf(document, schema, value) {
  const form = new FormData();
  const { properties } = resolve(document, schema);

  for (const [name, text] of Object.entries(value))
    form.set(name, properties[name]?.format === 'binary' ? new Blob([Buffer.from(text, 'base64')]) : text);
  return form;
}

function requestsOf(document, operation) {
  const body = resolve(document, operation.requestBody);
  const media = body?.content?.['application/json'];
  const form = body?.content?.['multipart/form-data'];

  if (form !== undefined) return exampleOf(form).map((value) => ({ body: formOf(document, form.schema, value) }));
  if (media === undefined) return [{}];
  return exampleOf(media).map((value) => ({ body: JSON.stringify(value), headers: { 'Content-Type': 'application/json' } }));
}

/** Whether the answer is one that the operation has, in its type and its schema. */
async function judge(document, ajv, name, operation, response, end) {
  const answer = resolve(document, operation.responses[response.status]);
  const type = (response.headers.get('content-type') ?? '').split(';')[0];
  const text = await end(response);

  ok(answer !== undefined, `${name}: ${response.status} is one of its answers`, text);
  if (answer?.content === undefined) return;
  const range = Object.keys(answer.content).find((each) => each === type || each === '*/*' || each === `${type.split('/')[0]}/*`);
  ok(range !== undefined, `${name}: ${response.status} has the type ${type}`, Object.keys(answer.content));
  const schema = answer.content[range]?.schema;

  if (schema === undefined || type !== 'application/json') return;
  const check = ajv.compile({ ...schema, components: document.components });
  ok(check(JSON.parse(text)), `${name}: the body of ${response.status} fits its schema`, { text, errors: check.errors });
}

/** A stream does not end by itself. */
async function readSome(response) {
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) return response.text();
  await response.body.cancel();
  return '';
}

const response = await fetch(`${server.base}/openapi.yaml`);
const text = await response.text();

same([response.status, response.headers.get('content-type')], [200, 'application/yaml'], 'the server answers with its document');
const verdict = await new Validator().validate(parse(text));
ok(verdict.valid, 'the document is valid OpenAPI', verdict.errors);

const document = parse(text);
const ajv = new Ajv({ strict: false, validateFormats: false });
const ids = [];
let n = 0;

for (const [path, item] of Object.entries(document.paths)) {
  const whole = resolve(document, item);

  for (const method of METHODS.filter((each) => whole[each] !== undefined)) {
    const operation = whole[method];

    if (operation.operationId !== undefined) ids.push(operation.operationId);
    for (const request of requestsOf(document, operation)) {
      const answer = await fetch(urlOf(document, path, operation, whole.parameters), { method: method.toUpperCase(), ...request });

      await judge(document, ajv, `${method} ${path}`, operation, answer, readSome);
      n++;
    }
  }
}
ok(n > 40, 'operations were asked', n);
same(ids.length, new Set(ids).size, 'no operationId stands twice');
await server.stop();
done();
