// What graphql-js answers with values that are made up: tests/graphql/gql-made-up.c does the same with this engine.
import { OperationTypeNode, createSourceEventStream, execute, getNamedType, getOperationAST, getNullableType, isEnumType, isLeafType, isListType, isObjectType } from 'graphql';

const encoder = new TextEncoder();
const LISTED = ['Int', 'Float', 'ID', 'String'];

/* FNV-1a */
function hash(text) {
  let state = 0x811c9dc5;

  for (const byte of encoder.encode(text)) state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return (state ^ (state >>> 15)) >>> 0;
}

const view = new DataView(new ArrayBuffer(8));

function describe(value) {
  if (value === null || value === undefined) return 'null'; // undefined: a variable without a value inside a custom scalar
  if (typeof value === 'number') {
    view.setFloat64(0, value === 0 ? 0 : value);
    return view.getBigUint64(0).toString(16);
  }
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map((item) => `${describe(item)},`).join('')}]`;
  if (typeof value === 'object') return `{${Object.entries(value).map(([name, member]) => `${name}:${describe(member)},`).join('')}}`;
  return String(value);
}

const sorted = (names) => names.sort((a, b) => (a < b ? -1 : 1));

function leaf(type, seed) {
  const wrong = seed % 32 === 2;

  if (isEnumType(type)) {
    const names = sorted(type.getValues().map(({ name }) => name));

    return wrong ? 'NONE_SUCH' : names[(seed >>> 8) % names.length];
  }
  switch (type.name) {
    case 'Int': return wrong ? 0x200000000 : seed | 0;
    case 'Float': return wrong ? NaN : seed / 8;
    case 'Boolean': return (seed >>> 8) % 2 === 1;
    case 'ID': return (seed >>> 8) % 2 === 1 ? seed : `s${seed}"é\n`;
    case 'String': return `s${seed}"é\n`;
    default: return { k: [seed, null, 'x'] };
  }
}

function object(schema, type, seed) {
  const names = isObjectType(type) ? [type.name] : sorted(schema.getPossibleTypes(type).map(({ name }) => name));

  return { __typename: names[(seed >>> 8) % names.length], seed };
}

function make(schema, declared, seed) {
  if (seed % 32 === 0) throw new Error('made up');
  if (seed % 32 === 1) return null;
  const type = getNullableType(declared);
  const named = getNamedType(type);

  if (!isLeafType(named) && !isObjectType(named) && schema.getPossibleTypes(named).length === 0) return null;
  if (!isListType(type)) {
    if (isLeafType(named)) return leaf(named, seed);
    return !isObjectType(named) && seed % 32 === 2 ? { __typename: 'NoneSuch', seed } : object(schema, named, seed);
  }
  if (isListType(getNullableType(type.ofType)) || (isLeafType(named) && !isEnumType(named) && !LISTED.includes(named.name))) return null;
  return Array.from({ length: (seed >>> 8) % 4 }, (_, i) => {
    const item = hash(`${seed}/${i}`);

    if (!isLeafType(named)) return item % 8 === 1 ? null : object(schema, named, item);
    return named.name === 'ID' ? `s${item}"é\n` : leaf(named, item);
  });
}

async function* oneEvent() { yield 0; }

/** A response; of a subscription, that to one event, or what refuses it. */
export async function answer(schema, document, operationName, variableValues) {
  const fieldResolver = (source, args, context, info) => {
    const given = info.parentType.getFields()[info.fieldName].args.filter(({ name }) => args[name] !== undefined)
      .map(({ name }) => ` ${name}=${describe(args[name])}`).join('');

    return make(schema, info.returnType, hash(`${source.seed} ${info.parentType.name}.${info.fieldName}${given}`));
  };
  const request = { schema, document, rootValue: { seed: 1 }, operationName, variableValues, fieldResolver };

  if (getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION) {
    const stream = await createSourceEventStream({ ...request, subscribeFieldResolver: oneEvent });

    if (stream.errors) return { errors: stream.errors };
  }
  return execute(request);
}

/* Where an error made a null: the deepest place of its path that is in the data. Below it, an implementation may leave errors out: "If
 * all fields from the root of the request to the source of the field error return Non-Null types ..." and its siblings (section 6.4.4). */
function nulled(data, path) {
  let at = data;
  let depth = 0;

  while (depth < path.length && at !== null && typeof at === 'object') at = at[path[depth++]];
  return JSON.stringify(path.slice(0, depth));
}

/** What must be the same of two responses, as text. */
export function essence({ data, errors = [] }) {
  if (data === undefined) return JSON.stringify(errors.map(({ locations }) => locations ?? []).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
  const places = new Set(errors.map((error) => {
    const path = error.path ?? [];
    const place = nulled(data, path);

    return place === JSON.stringify(path) ? `${place} ${JSON.stringify(error.locations)}` : place;
  }));

  return JSON.stringify({ data, errors: [...places].sort() });
}
