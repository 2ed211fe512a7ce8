// The 26 rules of the specification of September 2025 as graphql-js 16.15 has them, set right where it falls behind the
// specification; and counts of which rule said something.
import {
  GraphQLBoolean, GraphQLError, GraphQLNonNull, Kind, TypeInfo, getNamedType, getNullableType, introspectionTypes, isInputObjectType, isListType, isNullableType,
  isObjectType, specifiedRules, typeFromAST,
} from 'graphql';

/* A nullable variable in a @oneOf object, by the rule on values: graphql-js' own test cases (tests/graphql runs them) want it told
 * there as well as by the rule on positions; its release 16.15.0 tells only the latter. Section 5.6.1. */
function OneOfVariables(context) {
  let operation;

  return {
    OperationDefinition: { enter(node) { operation = node; }, leave() { operation = undefined; } },
    /* What is told as a whole is not looked into, as in the rule on values. */
    ListValue: () => (isListType(getNullableType(context.getParentInputType())) ? undefined : false),
    ObjectValue(node) {
      const type = getNamedType(context.getInputType());

      if (!isInputObjectType(type)) return false;
      const names = new Set(node.fields.map(({ name }) => name.value));
      const value = node.fields.at(-1)?.value;

      if (!type.isOneOf || names.size !== 1 || value.kind !== Kind.VARIABLE) return undefined;
      const definition = operation?.variableDefinitions.find(({ variable }) => variable.name.value === value.name.value);

      if (definition && definition.type.kind !== Kind.NON_NULL_TYPE)
        context.reportError(new GraphQLError(
          `Variable "${value.name.value}" must be non-nullable to be used for OneOf Input Object "${type.name}".`, { nodes: [node] }));
      return undefined;
    },
  };
}

/* The same by the rule on positions, where the object stands in a "!" or in place of a list: graphql-js looks only at positions
 * whose type is the @oneOf type itself. Section 5.8.5, IsNonNullPosition(). */
function OneOfPositions(context) {
  const members = new Set();
  const definitions = new Map();

  return {
    ObjectField(node) { members.add(node.value); },
    VariableDefinition(node) { definitions.set(node.variable.name.value, node); },
    OperationDefinition: { enter() { definitions.clear(); } },
    Document: {
      leave(document) {
        for (const operation of document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION))
          for (const { node, type, parentType } of context.getRecursiveVariableUsages(operation)) {
            const definition = operation.variableDefinitions.findLast(({ variable }) => variable.name.value === node.name.value);
            const given = definition && typeFromAST(context.getSchema(), definition.type);
            const parent = getNamedType(parentType);

            if (given && type && members.has(node) && isInputObjectType(parent) && parent.isOneOf && !isInputObjectType(parentType) && isNullableType(given))
              context.reportError(new GraphQLError(
                `Variable "$${node.name.value}" is of type "${given}" but must be non-nullable to be used for OneOf Input Object "${parent}".`,
                { nodes: [definition, node] }));
          }
      },
    },
  };
}

/* No @skip and no @include at the root of a subscription, section 5.2.4.1: graphql-js 16 evaluates them without the values of variables
 * and throws. One error with all of them, as graphql-js 17 has it; nothing more is told of such an operation. */
function rootConditions(context, operation) {
  const fragments = new Map(context.getDocument().definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]));
  const schema = context.getSchema();
  const root = schema.getSubscriptionType();
  const seen = new Set();
  const found = [];
  const applies = (condition) => {
    const type = condition && typeFromAST(schema, condition);

    return !condition || type === root || (type?.getFields && schema.isSubType(type, root));
  };
  const collect = (set) => {
    for (const selection of set.selections) {
      const condition = selection.directives.find(({ name }) => name.value === 'skip') ?? selection.directives.find(({ name }) => name.value === 'include');

      if (condition) found.push(condition);
      else if (selection.kind === Kind.INLINE_FRAGMENT && applies(selection.typeCondition)) collect(selection.selectionSet);
      else if (selection.kind === Kind.FRAGMENT_SPREAD && !seen.has(selection.name.value)) {
        const fragment = fragments.get(selection.name.value);

        seen.add(selection.name.value);
        if (fragment && applies(fragment.typeCondition)) collect(fragment.selectionSet);
      }
    }
  };

  collect(operation.selectionSet);
  return found;
}

/* Every includeDeprecated is Boolean! in the specification, section 4.2. */
for (const type of introspectionTypes.filter(isObjectType))
  for (const { args } of Object.values(type.getFields()))
    for (const arg of args)
      if (arg.name === 'includeDeprecated') arg.type = new GraphQLNonNull(GraphQLBoolean);

/* An argument of a directive that is not there has no type; graphql-js takes that of the field's argument of the same name. */
const { enter, leave, getFieldDef } = TypeInfo.prototype;

TypeInfo.prototype.enter = function (node) {
  if (node.kind === Kind.DIRECTIVE) this.inDirective = true;
  enter.call(this, node);
};
TypeInfo.prototype.leave = function (node) {
  if (node.kind === Kind.DIRECTIVE) this.inDirective = false;
  leave.call(this, node);
};
TypeInfo.prototype.getFieldDef = function () {
  return this.inDirective ? undefined : getFieldDef.call(this);
};

function setRight(rule) {
  if (rule.name !== 'SingleFieldSubscriptionsRule') return rule;
  return (context) => {
    const visitor = rule(context);

    return {
      OperationDefinition(node) {
        const found = node.operation === 'subscription' && context.getSchema().getSubscriptionType() ? rootConditions(context, node) : [];

        if (found.length === 0) return visitor.OperationDefinition(node);
        context.reportError(new GraphQLError(
          `${node.name ? `Subscription "${node.name.value}"` : 'Anonymous Subscription'} must not use \`@skip\` or \`@include\` directives in the top level selection.`,
          { nodes: found }));
      },
    };
  };
}

/** How often each rule said something. */
export const hits = {};

function counted(name, rule) {
  hits[name] = 0;
  return (context) => {
    const own = Object.create(context);

    own.reportError = (error) => {
      hits[name]++;
      context.reportError(error);
    };
    return rule(own);
  };
}

export const rules = [
  ...specifiedRules.filter(({ name }) => name !== 'MaxIntrospectionDepthRule') // not in the specification
    .map((rule) => counted(rule.name, setRight(rule))),
  counted('OneOfVariables', OneOfVariables), counted('OneOfPositions', OneOfPositions),
];
