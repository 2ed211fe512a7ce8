// Random schemas and random documents for them: valid, nearly valid, nonsense, and broken text. All from one seed.
import {
  buildSchema, getNamedType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, isRequiredArgument,
  isUnionType,
} from 'graphql';

/** A small generator of numbers in [0, 1), the same everywhere. */
export function randomFrom(seed) {
  let state = seed | 0;

  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);

    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const FIELDS = ['id', 'self', 'list', 'name', 'size', 'u', 'b', 'c', 'node', 'v'];
const VARIABLES = ['v1', 'v2', 'v3'];
const FRAGMENTS = ['F1', 'F2', 'F3', 'F4'];
const INPUT_NAMES = ['x', 'y', 'z', 'nested', 'f', 'one', 'a'];

export class Generator {
  constructor(seed) {
    this.random = randomFrom(seed);
    this.sdl = this.makeSchema();
    this.schema = buildSchema(this.sdl);
    this.composite = ['Node', 'Named', ...this.objects, 'U', 'V', 'Query'];
  }

  below(n) { return Math.floor(this.random() * n); }
  pick(list) { return list[this.below(list.length)]; }
  chance(p) { return this.random() < p; }
  some(n, make) { return Array.from({ length: n }, make); }

  wrap(name) {
    const r = this.below(8);

    return r < 3 ? name : r < 5 ? `${name}!` : r < 6 ? `[${name}]` : r < 7 ? `[${name}!]!` : `[[${name}]]`;
  }

  /* graphql-js 16.15 overlooks a nullable variable in a @oneOf object whose position is not nullable or a list; the
   * specification does not: no such positions here. */
  inputType() {
    const name = this.pick(['Int', 'Float', 'String', 'Boolean', 'ID', 'E', 'Any', 'In', 'One']);

    return name === 'One' ? name : this.wrap(name);
  }
  outputType() {
    return this.wrap(this.pick(['Int', 'Float', 'String', 'Boolean', 'ID', 'E', 'Any', 'U', 'V', 'Node', 'Named', 'Query', ...this.objects, ...this.objects]));
  }

  constant(name) {
    return { Int: '7', Float: '1.5', String: '"s"', Boolean: 'true', ID: '"i"', E: 'X', Any: '{k: 1}' }[name];
  }

  makeArguments() {
    if (this.chance(0.6)) return '';
    const names = INPUT_NAMES.filter(() => this.chance(0.4)).slice(0, 3);

    return names.length === 0 ? '' : `(${names.map((name) => {
      const type = this.inputType();
      const value = this.constant(type);

      return `${name}: ${type}${value !== undefined && this.chance(0.5) ? ` = ${value}` : ''}`;
    }).join(', ')})`;
  }

  makeFields(inherited, least) {
    const own = FIELDS.filter((name) => !inherited.some((field) => field.startsWith(`${name}:`) || field.startsWith(`${name}(`)) && this.chance(0.5));

    while (own.length + inherited.length < least) own.push(`extra${own.length}`);
    return [...inherited, ...own.map((name) => `${name}${this.makeArguments()}: ${this.outputType()}`)];
  }

  makeSchema() {
    this.objects = ['A', 'B', 'C', 'D'].slice(0, 2 + this.below(3));
    const body = (fields) => `{ ${fields.join(' ')} }`;
    const node = this.makeFields(['id: ID!'], 1);
    const named = this.makeFields(node, 2);
    const parts = [
      `directive @foo${this.makeArguments()} repeatable on FIELD | QUERY | FRAGMENT_SPREAD | INLINE_FRAGMENT | FRAGMENT_DEFINITION | VARIABLE_DEFINITION`,
      'directive @once on FIELD | FRAGMENT_SPREAD',
      `interface Node ${body(node)}`,
      `interface Named implements Node ${body(named)}`,
      ...this.objects.map((name, i) => {
        const kind = i === 0 ? 2 : this.below(3);

        return `type ${name}${kind === 2 ? ' implements Named & Node' : kind === 1 ? ' implements Node' : ''} ${
          body(this.makeFields(kind === 2 ? named : kind === 1 ? node : [], 1))}`;
      }),
      `union U = ${this.objects.filter((_, i) => i === 0 || this.chance(0.5)).join(' | ')}`,
      `union V = ${this.objects.filter((_, i) => i === 1 || this.chance(0.5)).join(' | ')}`,
      'enum E { X Y Z }',
      'scalar Any',
      `input In { x: Int${this.chance(0.5) ? '!' : ''} y: String = "q" z: [E!] nested: In f: Float${this.chance(0.3) ? '! = 1' : ''} one: One }`,
      'input One @oneOf { a: Int y: String nested: In }',
      `type Query ${body(this.makeFields([`a: ${this.objects[0]}`, 'u: U'], 4))}`,
      `type Mutation ${body(this.makeFields([], 2))}`,
      `type Subscription ${body(this.makeFields([`a: ${this.objects[0]}`], 2))}`,
    ];

    return `${parts.join('\n')}\n`;
  }

  /** Any literal; with variables unless @constant. */
  value(depth, constant) {
    const r = this.below(14);

    if (!constant && r < 4) return `$${this.pick(VARIABLES)}`;
    if (r < 5) return this.pick(['1', '-3', '2147483648', '0']);
    if (r < 6) return this.pick(['1.5', '1e3', '-0.25E-2']);
    if (r < 7) return this.pick(['"s"', '"""b"""', '"\\u{1F600}"', '"é"']);
    if (r < 8) return this.pick(['true', 'false']);
    if (r < 9) return 'null';
    if (r < 10 || depth > 3) return this.pick(['X', 'Y', 'NOPE']);
    if (r < 12) return `[${this.some(this.below(3), () => this.value(depth + 1, constant)).join(' ')}]`;
    return `{${this.some(this.below(4), () => `${this.pick([...INPUT_NAMES, 'nope'])}: ${this.value(depth + 1, constant)}`).join(', ')}}`;
  }

  anyArguments(names, constant) {
    const n = this.below(3);

    return n === 0 ? '' : `(${this.some(n, () => `${this.pick(names)}: ${this.value(0, constant)}`).join(', ')})`;
  }

  anyDirectives(constant) {
    if (this.chance(0.85)) return '';
    const known = [` @foo${this.anyArguments(INPUT_NAMES, constant)}`, ' @once', ' @nope', ' @deprecated'];
    /* What a condition at the root of a subscription means is decided otherwise here, by the specification of 2025. */
    const conditions = [` @include(if: ${constant ? 'true' : this.pick(['true', '$v1'])})`, ' @skip(if: false)', ' @skip'];

    return this.some(1 + this.below(2), () => this.pick(this.conditions ? [...known, ...conditions] : known)).join('');
  }

  anyType() { return this.pick(this.chance(0.85) ? this.composite : ['In', 'E', 'Int', 'Nope', 'Any', 'Mutation', 'Subscription', 'One']); }

  /** A selection set without a look at the schema. */
  anySelection(depth) {
    return this.some(1 + this.below(4), () => {
      const r = this.below(12);

      if (r < 8) {
        const name = this.pick([...FIELDS, 'a', '__typename', 'nope', '__schema']);

        return ` ${this.chance(0.25) ? `${this.pick(['k1', 'k2', 'id'])}: ` : ''}${name}${this.chance(0.2) ? this.anyArguments(INPUT_NAMES) : ''}${
          this.anyDirectives()}${this.chance(0.45) && depth < 5 ? ` {${this.anySelection(depth + 1)} }` : ''}`;
      }
      if (r < 10) return ` ...${this.pick(FRAGMENTS)}${this.anyDirectives()}`;
      if (depth >= 5) return ' id';
      return ` ...${this.chance(0.7) ? ` on ${this.anyType()}` : ''}${this.anyDirectives()} {${this.anySelection(depth + 1)} }`;
    }).join('');
  }

  anyVariables() {
    if (this.chance(0.4)) return '';
    return `(${this.some(1 + this.below(3), () => `$${this.pick(VARIABLES)}: ${this.chance(0.9) ? this.inputType() : this.pick(['A', 'Nope', '[U]!'])}${
      this.chance(0.2) ? ` = ${this.value(0, true)}` : ''}${this.anyDirectives(true)}`).join(', ')})`;
  }

  anyDocument() {
    const kinds = this.some(1 + this.below(2), () => this.pick(['', 'query', 'query', 'query', 'mutation', 'subscription']));
    let text = '';

    this.conditions = !kinds.includes('subscription');
    for (const kind of kinds)
      text += `${kind === '' ? '' : `${kind} ${this.pick(['', 'O1', 'O2'])}${this.anyVariables()}${this.anyDirectives()}`} {${this.anySelection(0)} }\n`;
    for (const name of [...FRAGMENTS, 'F1'])
      if (this.chance(name === 'F4' ? 0.2 : 0.6))
        text += `fragment ${name} on ${this.anyType()}${this.anyDirectives()} {${this.anySelection(2)} }\n`;
    return this.chance(0.03) ? `${text}type Foo { a: Int }\n` : text;
  }

  /** A value that fits @type, but for the noise. */
  fittingValue(type, depth) {
    if (this.chance(this.noise)) return this.value(0);
    if (isNonNullType(type)) type = type.ofType;
    else if (this.chance(0.1)) return 'null';
    if (this.chance(0.2)) return `$${this.pick(VARIABLES)}`;
    if (isListType(type))
      return this.chance(0.3) ? this.fittingValue(type.ofType, depth) : `[${this.some(this.below(3), () => this.fittingValue(type.ofType, depth + 1)).join(', ')}]`;
    if (isInputObjectType(type)) {
      let fields = Object.values(type.getFields());

      if (type.isOneOf) fields = [depth > 2 ? fields[0] : this.pick(fields)];
      else fields = fields.filter((field) => isRequiredArgument(field) || (depth < 3 && this.chance(0.4)));
      return `{${fields.map((field) => `${field.name}: ${this.fittingValue(field.type, depth + 1)}`).join(', ')}}`;
    }
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    return { Int: '42', Float: this.pick(['1.5', '2']), String: '"s"', Boolean: 'true', ID: this.pick(['1', '"x"']), Any: '[1, {a: X}]' }[type.name];
  }

  fittingArguments(args) {
    const given = args.filter((arg) => (isRequiredArgument(arg) ? !this.chance(this.noise) : this.chance(0.4)));

    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: ${this.fittingValue(arg.type, 0)}`).join(', ')})`;
  }

  overlapping(type) {
    const possible = (other) => (isObjectType(other) ? [other] : this.schema.getPossibleTypes(other));

    return this.composite.filter((name) => possible(this.schema.getType(name)).some((object) => possible(type).includes(object)));
  }

  fittingSelection(type, depth) {
    if (this.chance(this.noise)) return this.anySelection(depth);
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());

    return this.some(1 + this.below(4), () => {
      const r = this.below(10);

      if (r < 7 && fields.length > 0) {
        const field = this.pick(fields);
        const leaf = isLeafType(getNamedType(field.type));
        const directive = this.chance(0.05) ? this.pick(this.conditions ? [' @once', ' @include(if: $v1)', ' @skip(if: false)'] : [' @once']) : '';

        if (!leaf && depth > 4) return ' __typename';
        return ` ${this.chance(0.3) ? `${this.pick(['k1', 'k2', 'k3', 'k4', 'k5', 'k6'])}: ` : ''}${field.name}${this.fittingArguments(field.args)}${directive}${
          leaf ? '' : ` {${this.fittingSelection(getNamedType(field.type), depth + 1)} }`}`;
      }
      if (r < 8) {
        const names = FRAGMENTS.filter((name) => this.overlapping(type).includes(this.conditionOf[name]));

        return names.length > 0 && this.chance(0.8) ? ` ...${this.pick(names)}` : ' __typename';
      }
      if (depth >= 5) return ' __typename';
      const name = this.pick([...this.overlapping(type), type.name]);

      return ` ... on ${name} {${this.fittingSelection(this.schema.getType(name), depth + 1)} }`;
    }).join('');
  }

  /** A document that is valid but for the noise. */
  fittingDocument(noise) {
    const kind = this.pick(['query', 'query', 'query', 'mutation', 'subscription']);
    const done = new Set();

    this.noise = noise;
    this.conditions = kind !== 'subscription';
    this.conditionOf = Object.fromEntries(FRAGMENTS.map((name) => [name, this.pick(this.composite)]));
    let text = kind === 'subscription' ? ` a {${this.fittingSelection(this.schema.getType(this.objects[0]), 1)} }`
                                       : this.fittingSelection(kind === 'mutation' ? this.schema.getMutationType() : this.schema.getQueryType(), 0);

    text += ' }\n';
    for (let more = true; more;) {
      more = false;
      for (const name of FRAGMENTS)
        if (!done.has(name) && text.includes(`...${name}`) && !this.chance(noise / 4)) {
          const inside = this.fittingSelection(this.schema.getType(this.conditionOf[name]), 3);

          done.add(name);
          more = true;
          text += `fragment ${name} on ${this.conditionOf[name]} {${this.chance(noise * 4) ? inside : inside.replace(/\.\.\.F\d/g, '__typename')} }\n`;
        }
    }
    const used = VARIABLES.filter((name) => text.includes(`$${name}`) && !this.chance(noise));
    const definitions = used.map((name) => `$${name}: ${name === 'v1' && this.chance(0.7) ? this.pick(['Boolean!', 'Boolean! = true', 'Boolean = false'])
                                                                                             : this.inputType()}`);

    return `${kind} ${this.pick(['O1', 'O2', ''])}${definitions.length > 0 ? `(${definitions.join(', ')})` : ''} {${text}`;
  }

  /** Text with a few characters changed. */
  breakText(text) {
    const characters = [...text];

    for (let n = 1 + this.below(3); n > 0; n--) {
      const at = this.below(characters.length);
      const put = this.pick(['', '{', '}', '(', ')', '"', '$', '...', '@', ':', '!', '[', ']', '&', '|', '=', '0', '.', '-1', '1.', '01', '\\', '#', '\n',
                             '\t', ',', 'é', '"""', '\u0007', 'on', 'fragment', '\ufeff', '"\\uD83D"', '\r\n', '/*']);

      characters.splice(at, this.below(3), put);
    }
    return characters.join('');
  }

  document() {
    const r = this.random();

    if (r < 0.2) return this.anyDocument();
    if (r < 0.45) return this.fittingDocument(0.05);
    if (r < 0.75) return this.fittingDocument(0.01);
    if (r < 0.9) return this.fittingDocument(0);
    return this.breakText(this.chance(0.5) ? this.anyDocument() : this.fittingDocument(0.02));
  }
}
