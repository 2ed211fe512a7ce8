// Random documents for a schema: valid, nearly valid, nonsense, and broken text; and values for their variables.
import {
  getNamedType, isCompositeType, isEnumType, isInputObjectType, isInputType, isLeafType, isListType, isNonNullType, isObjectType, isRequiredArgument,
  isUnionType,
} from 'graphql';
import { Random } from './random.mjs';
import { FIELD_NAMES, INPUT_NAMES } from './random-schema.mjs';

const VARIABLES = ['v1', 'v2', 'v3', 'v4'];
const FRAGMENTS = ['F1', 'F2', 'F3', 'F4'];
const ROOTS = { query: 'getQueryType', mutation: 'getMutationType', subscription: 'getSubscriptionType' };
/* How built-in types describe themselves is everybody's own; and graphql-js does not print a default as it was written. */
const OWN_WORDS = ['__Type.description', '__InputValue.defaultValue'];
const PIECES = ['', '', '{', '}', '(', ')', '"', '$', '...', '@', ':', '!', '[', ']', '&', '|', '=', '.', '..', '\\', '#', '\n', '\r', '\r\n', '\t', ',', 'é', '"""',
                '\u0007', 'on', 'fragment', 'query', 'null', 'true', '\ufeff', '"\\uD83D"', '"\\uD83D\\uDE00"', '"\\u{1F600}"', '"\\u{110000}"',
                '"\\u{}"', '"\\u{D800}"', '"\\u12"', '"\\q"', '"a\nb"', '"a\tb"', '"\u0007"', '"""a\r\n\r  b\\"""c"""', '"""open', '"open', '/*', '😀', '"😀"',
                '# 😀\n', '\u2028', '\u00a0', 'ａ', '0', '00', '-0', '-', '01', '1.', '.5', '1.5', '1.5.5', '1e', '1e5', '1E+', '1e-5', '0x1', '1_', '1a', '-1', '+1',
                '1.e3', '0.0e0', '9'.repeat(30), '1e999', '%', '?', ';', '\'', '`', '~', '*'];

export class DocumentGenerator extends Random {
  constructor(schema, seed) {
    super(seed);
    this.schema = schema;
    const types = Object.values(schema.getTypeMap());

    this.composite = types.filter((type) => isCompositeType(type) && !type.name.startsWith('__')).map(({ name }) => name);
    this.inputs = types.filter((type) => isInputType(type) && !type.name.startsWith('__')).map(({ name }) => name);
    this.inputObjects = types.filter(isInputObjectType).map(({ name }) => name);
    this.directives = schema.getDirectives().filter(({ name }) => !['deprecated', 'specifiedBy', 'oneOf'].includes(name));
    this.operations = Object.keys(ROOTS).filter((kind) => schema[ROOTS[kind]]());
    this.noise = 0;
  }

  wrap(name) {
    return this.pick([name, name, name, `${name}!`, `${name}!`, `[${name}]`, `[${name}!]`, `[${name}!]!`, `[[${name}]]`]);
  }

  inputType() { return this.wrap(this.pick(this.chance(0.25) ? this.inputObjects : this.inputs)); }

  string() { return this.pick(['"s"', '""', '"""b"""', '"""\n   block\n     more\n  """', '"\\u{1F600}"', '"é😀"', '"\\"\\n\\u00e9"']); }

  /** Any literal; with variables unless @constant. */
  value(depth, constant) {
    const r = this.below(14);

    if (!constant && r < 4) return `$${this.pick(VARIABLES)}`;
    if (r < 5) return this.pick(['1', '-3', '2147483648', '-2147483649', '0', '9'.repeat(25)]);
    if (r < 6) return this.pick(['1.5', '1e3', '-0.25E-2', '0.0']);
    if (r < 7) return this.string();
    if (r < 8) return this.pick(['true', 'false']);
    if (r < 9) return 'null';
    if (r < 10 || depth > 3) return this.pick(['X', 'Y', 'NOPE', 'on']);
    if (r < 12) return `[${this.some(this.below(3), () => this.value(depth + 1, constant)).join(' ')}]`;
    return `{${this.some(this.below(4), () => `${this.pick([...INPUT_NAMES, 'out', 'nope'])}: ${this.value(depth + 1, constant)}`).join(', ')}}`;
  }

  anyArguments(constant) {
    return this.chance(0.35) ? '' : `(${this.some(1 + this.below(2), () => `${this.pick([...INPUT_NAMES, 'more'])}: ${this.value(0, constant)}`).join(', ')})`;
  }

  anyDirectives(constant) {
    if (this.chance(0.85)) return '';
    return this.some(1 + this.below(2), () => this.pick([
      ` @d${this.below(4)}${this.anyArguments(constant)}`, ' @nope', ' @deprecated', ' @skip', ' @skip(if: false)', ` @include(if: ${constant ? 'true' : '$v1'})`,
    ])).join('');
  }

  anyType() {
    return this.pick(this.chance(0.85) ? this.composite : [...this.inputs, 'Nope', 'Mutation', 'Subscription', '__Type']);
  }

  /** A selection set without a look at the schema. */
  anySelection(depth) {
    return this.some(1 + this.below(3), () => {
      const r = this.below(12);

      if (r < 8) {
        const name = this.pick([...FIELD_NAMES, '__typename', 'nope', '__schema', '__type']);

        return ` ${this.chance(0.25) ? `${this.pick(['k1', 'k2', 'id'])}: ` : ''}${name}${this.chance(0.2) ? this.anyArguments() : ''}${
          this.anyDirectives()}${this.chance(0.45) && depth < 4 ? ` {${this.anySelection(depth + 1)} }` : ''}`;
      }
      if (r < 10) return ` ...${this.pick([...FRAGMENTS, 'F5'])}${this.anyDirectives()}`;
      if (depth >= 4) return ' id';
      return ` ...${this.chance(0.7) ? ` on ${this.anyType()}` : ''}${this.anyDirectives()} {${this.anySelection(depth + 1)} }`;
    }).join('');
  }

  anyVariables() {
    if (this.chance(0.4)) return '';
    return `(${this.some(1 + this.below(3), () => `$${this.pick(VARIABLES)}: ${this.chance(0.85) ? this.inputType() : this.wrap(this.anyType())}${
      this.chance(0.2) ? ` = ${this.value(0, true)}` : ''}${this.anyDirectives(true)}`).join(', ')})`;
  }

  anyDocument() {
    const kinds = this.some(1 + this.below(2), () => this.pick(['', 'query', 'query', 'query', 'mutation', 'subscription', 'subscription']));
    let text = '';

    for (const kind of kinds)
      text += `${kind === '' ? '' : `${kind} ${this.pick(['', 'O1', 'O2'])}${this.anyVariables()}${this.anyDirectives()}`} {${this.anySelection(0)} }\n`;
    for (const name of [...FRAGMENTS, 'F1'])
      if (this.chance(name === 'F4' ? 0.2 : 0.6))
        text += `fragment ${name} on ${this.anyType()}${this.anyDirectives()} {${this.anySelection(2)} }\n`;
    if (this.chance(0.05)) text += this.pick(['type Foo { a: Int }\n', 'extend type T0 { q: Int }\n', 'schema { query: Foo }\n', '"d" input In9 { a: E0! = X @d0 }\n']);
    return this.chance(0.05) ? `"about" ${text.replace(/^ /, 'query ')}` : text;
  }

  /** A value that fits @type, but for the noise; @variables may stand in it, with @hasDefault also in a "!". */
  fittingValue(type, depth, hasDefault) {
    if (this.chance(this.noise)) return this.value(0);
    if (this.chance(depth > 3 ? 0.4 : 0.2)) return this.useVariable(type, hasDefault);
    if (isNonNullType(type)) type = type.ofType;
    else if (this.chance(0.1)) return 'null';
    if (isListType(type))
      return this.chance(0.3) ? this.fittingItem(type.ofType, depth) : `[${this.some(depth > 3 ? 0 : this.below(3), () => this.fittingValue(type.ofType, depth + 1)).join(', ')}]`;
    if (isInputObjectType(type)) {
      let fields = Object.values(type.getFields());

      if (type.isOneOf) {
        const field = depth > 2 ? fields.at(-1) : this.pick(fields);

        return `{${field.name}: ${this.notNull(field.type, depth + 1)}}`;
      }
      fields = fields.filter((field) => isRequiredArgument(field) || (depth < 3 && this.chance(0.4)));
      return `{${fields.map((field) => `${field.name}: ${this.fittingValue(field.type, depth + 1, field.defaultValue !== undefined)}`).join(', ')}}`;
    }
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    return { Int: this.pick(['42', '-7']), Float: this.pick(['1.5', '2', '-1e2']), String: this.string(), Boolean: this.pick(['true', 'false']), ID: this.pick(['1', '"x"']) }[type.name]
           ?? this.pick(['[1, {a: X}]', '"s"', '2.5', '{a: null, b: [true, {}]}', 'Y', this.chance(0.5) ? `[${this.useVariable(type)}]` : '{}']);
  }

  notNull(type, depth) {
    const value = this.fittingValue(type, depth);

    if (value === 'null' && !this.chance(this.noise)) return this.notNull(type, depth);
    const name = value.slice(1);

    if (value.startsWith('$') && this.variables[name] !== undefined && !isNonNullType(type) && !this.chance(this.noise + 0.1))
      this.variables[name] = this.variables[name].replace(/!?( =.*)?$/, '!$1').replace(/ = null$/, '');
    return value;
  }

  /* What stands for a list of one. */
  fittingItem(type, depth) {
    const value = this.fittingValue(type, depth + 1);

    return value === 'null' || value.startsWith('$') || value.startsWith('[') ? `[${value}]` : value;
  }

  /** A variable whose type fits, declared when it is new. */
  useVariable(type, hasDefault) {
    const name = this.pick(VARIABLES);
    const text = String(type);

    if (this.variables[name] === undefined) {
      const nullable = text.endsWith('!') && (hasDefault || this.chance(0.2)) ? text.slice(0, -1) : this.chance(0.2) && !text.endsWith('!') ? `${text}!` : text;
      const value = nullable.endsWith('!') ? undefined : this.constantOf(type);

      if (nullable !== text && text.endsWith('!') && !hasDefault) this.variables[name] = `${nullable} = ${value}`;
      else this.variables[name] = value !== undefined && this.chance(0.3) ? `${nullable} = ${value}` : nullable;
      return `$${name}`;
    }
    if (this.variables[name].replace(/ =.*/, '').replace(/!$/, '') === text.replace(/!$/, '') && (this.variables[name].replace(/ =.*/, '').endsWith('!') || !text.endsWith('!')))
      return `$${name}`;
    return this.constantOf(type);
  }

  constantOf(type, depth = 0) {
    if (isNonNullType(type)) type = type.ofType;
    if (isListType(type)) return depth > 2 ? '[]' : `[${this.some(this.below(3), () => this.constantOf(type.ofType, depth + 1)).join(', ')}]`;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf ? [fields.at(-1)] : fields.filter((field) => isRequiredArgument(field));

      return `{${chosen.map((field) => `${field.name}: ${this.constantOf(field.type, depth + 1)}`).join(', ')}}`;
    }
    return isEnumType(type) ? this.pick(type.getValues()).name : { Int: '3', Float: '0.5', String: '"d"', Boolean: 'true', ID: '"d"' }[type.name] ?? '{d: [1]}';
  }

  fittingArguments(args) {
    const given = args.filter((arg) => (isRequiredArgument(arg) ? !this.chance(this.noise) : this.chance(0.4)));

    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: ${this.fittingValue(arg.type, 0, arg.defaultValue !== undefined)}`).join(', ')})`;
  }

  fittingDirectives(location) {
    if (!this.chance(0.12)) return '';
    const usable = this.directives.filter(({ locations, name }) => locations.includes(location) && (this.conditions || !['skip', 'include'].includes(name)));

    return this.subset(usable, 1 / Math.max(usable.length, 1)).map((one) => ` @${one.name}${this.fittingArguments(one.args)}`).join('');
  }

  overlapping(type) {
    const possible = (other) => (isObjectType(other) ? [other] : this.schema.getPossibleTypes(other));

    return this.composite.filter((name) => possible(this.schema.getType(name)).some((object) => possible(type).includes(object)));
  }

  /* One alias for each way of asking, so that most do not conflict. */
  alias(field, args) {
    if (this.chance(this.noise)) return `${this.pick(['k1', 'k2', 'k3'])}: `;
    if (args === '' && this.chance(0.6)) return '';
    const asked = `${field.name}${args}${field.type}`;
    let at = this.asked.indexOf(asked);

    if (at < 0) at = this.asked.push(asked) - 1;
    return `k${at}: `;
  }

  fittingField(type, field, depth) {
    const leaf = isLeafType(getNamedType(field.type));

    if (!leaf && depth > 3) return ' __typename';
    const args = this.fittingArguments(field.args);

    return ` ${this.alias(field, args)}${field.name}${args}${this.fittingDirectives('FIELD')}${
      leaf ? '' : ` {${this.fittingSelection(getNamedType(field.type), depth + 1)} }`}`;
  }

  fittingSelection(type, depth, least = 1) {
    if (this.chance(this.noise)) return this.anySelection(depth);
    const fields = isUnionType(type) ? [] : Object.values(type.getFields()).filter(({ name }) => !OWN_WORDS.includes(`${type.name}.${name}`));

    return this.some(least + this.below(3), () => {
      const r = this.below(20);

      if (r < 13 && fields.length > 0) return this.fittingField(type, this.pick(fields), depth);
      if (r < 14 && type === this.schema.getQueryType() && depth === 0)
        return ` meta${this.below(3)}: __type(name: "${this.pick([...this.composite, ...this.inputs, 'Nope'])}") {${
          this.fittingSelection(this.schema.getType('__Type'), 3)} }`;
      if (type.name.startsWith('__') || (r < 14)) return ' __typename';
      if (r < 17) {
        const names = FRAGMENTS.filter((name) => this.overlapping(type).includes(this.conditionOf[name]));

        return names.length > 0 && this.chance(0.8) ? ` ...${this.pick(names)}${this.fittingDirectives('FRAGMENT_SPREAD')}` : ' __typename';
      }
      if (depth >= 4) return ' __typename';
      const name = this.pick([...this.overlapping(type), type.name]);

      return ` ...${name === type.name && this.chance(0.3) ? '' : ` on ${name}`}${this.fittingDirectives('INLINE_FRAGMENT')} {${
        this.fittingSelection(this.schema.getType(name), depth + 1)} }`;
    }).join('');
  }

  /** A document that is valid but for the noise. */
  fittingDocument(noise) {
    const kind = this.pick(this.operations.includes('mutation') ? ['query', 'query', 'mutation', ...this.operations] : ['query', ...this.operations]);
    const root = this.schema[ROOTS[kind]]();

    Object.assign(this, { noise, variables: {}, asked: [], conditions: kind !== 'subscription' || this.chance(noise * 4) });
    this.conditionOf = Object.fromEntries(FRAGMENTS.map((name) => [name, this.pick(this.composite)]));
    let text = kind === 'subscription' && !this.chance(noise * 4) ? this.fittingField(root, this.pick(Object.values(root.getFields())), 0)
                                                                  : this.fittingSelection(root, 0, 2);

    text = `${this.fittingDirectives(kind.toUpperCase())} {${text} }\n`;
    const done = new Set();

    for (let more = true; more;) {
      more = false;
      for (const name of FRAGMENTS)
        if (!done.has(name) && text.includes(`...${name}`) && !this.chance(noise / 4)) {
          const inside = this.fittingSelection(this.schema.getType(this.conditionOf[name]), 3);

          done.add(name);
          more = true;
          text += `fragment ${name} on ${this.conditionOf[name]}${this.fittingDirectives('FRAGMENT_DEFINITION')} {${
            this.chance(noise * 4) ? inside : inside.replace(/\.\.\.F\d( @\w+(\([^)]*\))?)*/g, '__typename')} }\n`;
        }
    }
    for (const name of VARIABLES) // a fragment's spread may have left with its variables
      if (this.variables[name] !== undefined && (!text.includes(`$${name}`) || this.chance(noise))) delete this.variables[name];
    const definitions = Object.entries(this.variables).map(([name, type]) => `$${name}: ${type}${this.fittingDirectives('VARIABLE_DEFINITION').replace(/\$v\d/g, 'null')}`);

    this.variables = {};
    return `${kind} ${this.pick(['O1', 'O2', ''])}${definitions.length > 0 ? `(${definitions.join(', ')})` : ''}${text}`;
  }

  /** Two documents in one. */
  joinedDocument() {
    const [a, b] = [this.fittingDocument(0.005), this.fittingDocument(0.005)];

    return `${a}${this.chance(0.6) ? b.replace(/^(\w+) \w*/, '$1 O3').replace(/\bF(\d)\b/g, 'G$1') : b}`;
  }

  /** Text with a few characters changed, cut off, or of tokens alone. */
  breakText(text) {
    if (this.chance(0.1)) return this.some(1 + this.below(12), () => this.pick(PIECES)).join(this.pick(['', ' ']));
    const characters = [...text];

    if (this.chance(0.15)) return characters.slice(0, this.below(characters.length + 1)).join('');
    for (let n = 1 + this.below(3); n > 0; n--) {
      const piece = this.pick(PIECES);

      characters.splice(this.below(characters.length), this.below(3), this.chance(0.3) ? ` ${piece} ` : piece);
    }
    return characters.join('');
  }

  document() {
    const r = this.next();

    if (r < 0.2) return this.anyDocument();
    if (r < 0.35) return this.fittingDocument(0.05);
    if (r < 0.5) return this.fittingDocument(0.01);
    if (r < 0.55) return this.joinedDocument();
    if (r < 0.87) return this.fittingDocument(0);
    return this.breakText(this.chance(0.5) ? this.anyDocument() : this.fittingDocument(0.02));
  }

  /** JSON for a variable of @type; nearly always one that fits. No 1e100 for an ID: whether that is an integer, each says otherwise. */
  json(type, depth = 0) {
    if (this.chance(0.04)) return this.pick([null, 1, -1.5, 2147483648, '', 'X', true, [], [null], {}, { x: 1 }, [[1]], { out: null, x: 1 }]);
    if (isNonNullType(type)) type = type.ofType;
    else if (this.chance(0.1)) return null;
    if (isListType(type)) return this.chance(0.2) ? this.json(type.ofType, depth + 1) : this.some(depth > 3 ? 0 : this.below(3), () => this.json(type.ofType, depth + 1));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      const chosen = type.isOneOf ? [depth > 2 ? fields.at(-1) : this.pick(fields)]
                                  : fields.filter((field) => isRequiredArgument(field) || (depth < 3 && this.chance(0.4)));

      return Object.fromEntries(chosen.map((field) => [field.name, this.json(field.type, depth + 1)]));
    }
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    return { Int: () => this.below(100) - 50, Float: () => this.pick([this.below(100) / 8, 1e100]), String: () => this.pick(['s', '', 'é😀"']), Boolean: () => this.chance(0.5),
             ID: () => this.pick(['i', 12, 123456789012345]) }[type.name]?.() ?? this.pick(['s', 1, 2.5, false, [1, [null]], { k: { l: 'X' } }]);
  }
}
