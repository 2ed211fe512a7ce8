// Random schemas, all of them valid: every kind of type, directives at every location, defaults of every kind.
import { Random } from './random.mjs';

export const FIELD_NAMES = ['id', 'self', 'list', 'name', 'size', 'u', 'b', 'c', 'node', 'v', 'e'];
export const INPUT_NAMES = ['x', 'y', 'z', 'nested', 'f', 'one', 'a', 'l'];
const LOCATIONS = ['QUERY', 'MUTATION', 'SUBSCRIPTION', 'FIELD', 'FRAGMENT_DEFINITION', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION',
                   'SCHEMA', 'SCALAR', 'OBJECT', 'FIELD_DEFINITION', 'ARGUMENT_DEFINITION', 'INTERFACE', 'UNION', 'ENUM', 'ENUM_VALUE',
                   'INPUT_OBJECT', 'INPUT_FIELD_DEFINITION'];
const BUILTIN = ['Int', 'Float', 'String', 'Boolean', 'ID'];
const isRequired = (input) => input.type.endsWith('!') && input.value === undefined;

export class SchemaGenerator extends Random {
  constructor(seed) {
    super(seed);
    this.enums = this.some(1 + this.below(3), (i) => ({ name: `E${i}`, values: ['X', 'Y', 'Z', 'on', 'type', `V${i}`].slice(0, 1 + this.below(6)) }));
    this.scalars = this.some(1 + this.below(2), (i) => `S${i}`);
    this.makeDirectives();
    this.makeInputs();
    this.makeOutputs();
    this.sdl = this.print();
  }

  wrap(name) {
    return this.pick([name, name, name, `${name}!`, `${name}!`, `[${name}]`, `[${name}!]`, `[${name}]!`, `[${name}!]!`, `[[${name}]]`, `[[${name}!]!]!`]);
  }

  /* Input objects: one refers to those after it as it likes, to itself and those before it not by way of "!"; and only values of
   * those after it stand in defaults, or a default would contain itself. */
  makeInputs() {
    const names = [...this.some(2 + this.below(3), (i) => `In${i}`), ...this.some(1 + this.below(2), (i) => `One${i}`)];

    this.inputs = names.map((name, at) => ({ name, at, oneOf: name.startsWith('One'), fields: [] }));
    for (const input of [...this.inputs].reverse()) {
      const fields = this.subset(INPUT_NAMES, 0.5);

      for (const name of fields.length > 0 ? fields : ['x']) {
        const inner = this.chance(0.5) ? this.pick(this.leaves()) : this.pick(names);
        const later = names.indexOf(inner) > input.at;
        const type = input.oneOf ? this.wrap(inner).replace(/!$/, '')
                                 : !names.includes(inner) || later ? this.wrap(inner) : this.pick([inner, `[${inner}]`, `[${inner}!]!`]);
        const field = { name, type };

        if (!input.oneOf && this.chance(0.35) && (!names.includes(inner) || later)) field.value = this.constant(type, input.at);
        input.fields.push(field);
      }
      /* What contains itself needs a way out. */
      if (input.oneOf) input.fields.push({ name: 'out', type: this.pick(this.leaves()) });
    }
  }

  leaves() { return [...BUILTIN, ...this.scalars, ...this.enums.map(({ name }) => name)]; }

  /** A literal that is a value of @type; input objects in it come after @after. */
  constant(type, after = -1, depth = 0) {
    if (type.endsWith('!')) return this.constant(type.slice(0, -1), after, depth + 1);
    if (depth === 0 ? this.chance(0.15) : false) return 'null';
    if (type.startsWith('[')) {
      const inner = type.slice(1, -1);
      const items = this.some(depth > 3 || !this.reaches(inner, after) ? 0 : this.below(3), () => this.constant(inner, after, depth + 1));

      return this.chance(0.25) && items.length === 1 && !items[0].startsWith('[') ? items[0] : `[${items.join(', ')}]`;
    }
    const input = this.inputs?.find(({ name }) => name === type);

    if (input) {
      if (input.oneOf) return `{out: ${this.constant(input.fields.at(-1).type, after, depth + 1)}}`;
      const given = input.fields.filter((field) => isRequired(field) || (depth < 3 && this.reaches(field.type, after) && this.chance(0.4)));

      return `{${given.map((field) => `${field.name}: ${this.constant(field.type, after, depth + 1)}`).join(' ')}}`;
    }
    const found = this.enums.find(({ name }) => name === type);

    if (found) return this.pick(found.values);
    return this.pick({
      Int: ['7', '-1', '2147483647', '0'], Float: ['1.5', '-2e3', '3'], String: ['"s"', '"\\u00e9\\n"', '"""\n  block\n    text\n  """', '""'],
      Boolean: ['true', 'false'], ID: ['"i"', '12'],
    }[type] ?? ['{k: 1}', '[1, "a", X, null]', '"s"', '2.5', 'true']);
  }

  reaches(type, after) {
    const input = this.inputs?.find(({ name }) => name === type.replace(/[[\]!]/g, ''));

    return !input || input.oneOf || (input.at > after && input.fields.length > 0);
  }

  inputType() {
    return this.wrap(this.chance(0.55) ? this.pick(this.leaves()) : this.pick(this.inputs).name);
  }

  makeArguments(p = 0.4) {
    if (!this.chance(p)) return [];
    return this.subset(INPUT_NAMES, 0.4).slice(0, 4).map((name) => {
      const type = this.inputType();

      return { name, type, value: this.chance(0.4) ? this.constant(type) : undefined };
    });
  }

  makeDirectives() {
    this.directives = this.some(2 + this.below(3), (i) => ({
      name: `d${i}`, repeatable: this.chance(0.4), locations: this.subset(LOCATIONS, i === 0 ? 0.9 : 0.4),
      args: this.subset(['x', 'y', 'f'], 0.4).map((name) => {
        const type = this.wrap(this.pick([...BUILTIN, ...this.scalars, ...this.enums.map((found) => found.name)]));

        return { name, type, value: this.chance(0.4) ? this.constant(type) : undefined };
      }),
    })).filter(({ locations }) => locations.length > 0);
  }

  makeOutputs() {
    this.interfaces = this.some(1 + this.below(4), (i) => ({ name: `I${i}`, implements: [], fields: [] }));
    this.objects = this.some(2 + this.below(5), (i) => ({ name: `T${i}`, implements: [], fields: [] }));
    const withRoots = [{ name: this.pick(['Query', 'Root']), implements: [], fields: [] }];

    for (const name of ['Mutation', 'Subscription'])
      if (this.chance(0.8)) withRoots.push({ name, implements: [], fields: [] });
    this.roots = withRoots;
    this.interfaces.forEach((type, i) => this.implement(type, this.subset(this.interfaces.slice(0, i), 0.4)));
    this.objects.forEach((type) => this.implement(type, this.subset(this.interfaces, 0.4)));
    /* One interface at least that an object has. */
    this.implement(this.objects[0], [this.interfaces.at(-1)]);
    this.unions = this.some(1 + this.below(3), (i) => ({ name: `U${i}`, members: this.objects.filter((_, at) => at === i % 2 || this.chance(0.4)).map(({ name }) => name) }));
    this.signatures = {};
    for (const type of this.interfaces) this.makeFields(type, 0.3, true);
    for (const type of this.objects) this.makeFields(type, 0.45, false);
    for (const type of this.roots) this.makeFields(type, 0.6, false, 3);
  }

  implement(type, chosen) {
    const all = new Set([...type.implements, ...chosen.flatMap((one) => [one.name, ...one.implements])]);

    type.implements = [...all];
  }

  possible(name) {
    const union = this.unions.find((type) => type.name === name);

    return union ? union.members : this.objects.filter((type) => type.implements.includes(name)).map((type) => type.name);
  }

  outputType() {
    const r = this.below(10);
    const composite = [...this.objects, ...this.objects, ...this.interfaces, ...this.unions, this.roots[0]].map(({ name }) => name);
    const name = this.pick(r < 5 ? this.leaves() : composite);

    return this.pick([name, name, name, `${name}!`, `${name}!`, `[${name}]`, `[${name}!]`, `[${name}]!`, `[${name}!]!`, `[[${name}]]`]);
  }

  /* Fields of interfaces look the same in all of them; an object may promise more. */
  makeFields(type, p, isInterface, least = 1) {
    const parents = this.interfaces.filter(({ name }) => type.implements.includes(name));

    for (const parent of parents)
      for (const field of parent.fields)
        if (!type.fields.some(({ name }) => name === field.name)) {
          const own = { ...field };

          if (!isInterface && this.chance(0.2) && !own.type.endsWith('!')) own.type = `${own.type}!`;
          else if (!isInterface && this.chance(0.3) && this.possible(own.type).length > 0) own.type = this.pick(this.possible(own.type));
          if (!isInterface && this.chance(0.2) && !own.args.some(({ name }) => name === 'more')) own.args = [...own.args, { name: 'more', type: '[Int]' }];
          type.fields.push(own);
        }
    for (const name of FIELD_NAMES)
      if (this.chance(p) && !type.fields.some((field) => field.name === name)) {
        const field = { name, type: this.outputType(), args: this.makeArguments() };

        type.fields.push(isInterface ? (this.signatures[name] ??= field) : field);
      }
    while (type.fields.length < least) type.fields.push({ name: `extra${type.fields.length}`, type: this.outputType(), args: [] });
  }

  describe() {
    return this.chance(0.1) ? this.pick(['"It says."\n', '"""\nIn a block\n  and more \\""" of it.\n"""\n', '# a comment\n']) : '';
  }

  deprecate(input) {
    return this.chance(0.1) && !(input && isRequired(input)) ? this.pick([' @deprecated', ' @deprecated(reason: "old")']) : '';
  }

  /* The schema's own directives, where they may stand. */
  annotate(location) {
    const usable = this.directives.filter(({ locations, args }) => locations.includes(location) && !args.some(isRequired));

    return this.chance(0.15) && usable.length > 0 ? ` @${this.pick(usable).name}` : '';
  }

  printInputs(inputs, location) {
    return inputs.map((input) => `${this.describe()}${input.name}: ${input.type}${input.value === undefined ? '' : ` = ${input.value}`}${this.deprecate(input)}${
      location ? this.annotate(location) : ''}`);
  }

  printArguments(args, location) {
    return args.length === 0 ? '' : `(${this.printInputs(args, location).join(this.pick([' ', ', ', '\n']))})`;
  }

  printType(keyword, type, location) {
    const fields = type.fields.map((field) => `  ${this.describe()}${field.name}${this.printArguments(field.args, 'ARGUMENT_DEFINITION')}: ${field.type}${
      this.deprecate()}${this.annotate('FIELD_DEFINITION')}\n`);
    const split = fields.length > 1 && this.chance(0.15) ? 1 + this.below(fields.length - 1) : fields.length;
    const rest = fields.slice(split);

    return `${this.describe()}${keyword} ${type.name}${type.implements.length > 0 ? ` implements ${this.chance(0.2) ? '& ' : ''}${type.implements.join(' & ')}` : ''}${
      this.annotate(location)} {\n${fields.slice(0, split).join('')}}\n${rest.length > 0 ? `extend ${keyword} ${type.name} {\n${rest.join('')}}\n` : ''}`;
  }

  print() {
    const [query, ...others] = this.roots;
    const parts = [
      ...this.directives.map((one) => `${this.describe()}directive @${one.name}${this.printArguments(one.args)}${one.repeatable ? ' repeatable' : ''} on ${
        one.locations.join(' | ')}\n`),
      ...this.scalars.map((name) => `${this.describe()}scalar ${name}${this.chance(0.5) ? ' @specifiedBy(url: "https://example.com/s")' : ''}${this.annotate('SCALAR')}\n`),
      ...this.enums.map(({ name, values }) => `${this.describe()}enum ${name}${this.annotate('ENUM')} { ${
        values.map((value) => `${this.describe()}${value}${this.deprecate()}${this.annotate('ENUM_VALUE')}`).join(' ')} }\n`),
      ...this.inputs.map((input) => `${this.describe()}input ${input.name}${input.oneOf ? ' @oneOf' : ''}${this.annotate('INPUT_OBJECT')} { ${
        this.printInputs(input.fields, 'INPUT_FIELD_DEFINITION').join('\n  ')} }\n`),
      ...this.interfaces.map((type) => this.printType('interface', type, 'INTERFACE')),
      ...[...this.objects, ...this.roots].map((type) => this.printType('type', type, 'OBJECT')),
      ...this.unions.map(({ name, members }) => `${this.describe()}union ${name}${this.annotate('UNION')} = ${this.chance(0.2) ? '| ' : ''}${members.join(' | ')}\n`),
    ];
    const roots = `query: ${query.name} ${others.map(({ name }) => `${name.toLowerCase()}: ${name}`).join(' ')}`;

    if (query.name !== 'Query' || this.chance(0.3)) parts.push(`schema${this.annotate('SCHEMA')} { ${roots} }\n`);
    for (let i = parts.length - 1; i > 0; i--) {
      const j = this.below(i + 1);

      [parts[i], parts[j]] = [parts[j], parts[i]];
    }
    return parts.join('');
  }
}
