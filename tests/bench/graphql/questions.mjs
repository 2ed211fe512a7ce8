// What both are asked. `variables` makes those of one server from the values of a request; `read` brings an answer into one form;
// `rows` counts the objects with an id in it.
import { N_PROJECTS, N_SESSIONS, projectId, sessionId } from './load.mjs';

const ms = (text) => Date.parse(text);
const project = (p) => ({ id: p.id, name: p.name, at: ms(p.createdAt) });
const session = (s) => ({ id: s.id, from: ms(s.startedAt), to: ms(s.endedAt) });
const event = (e) => ({ id: e.id, type: e.type, at: ms(e.timestamp ?? e.ts) });
const nest = (projects, sessionsOf, eventsOf) => projects.nodes.map((p) => ({
  ...project(p), sessions: sessionsOf(p).nodes.map((s) => ({ ...session(s), events: eventsOf(s).nodes.map(event) })),
}));
const own = ({ id }) => ({ id });

export const questions = [
  {
    name: 'nested',
    rows: 5 + 25 + 125,
    values: [{}],
    productgraphd: {
      query: `{ projects(first: 5) { nodes { id name createdAt
                sessions(first: 5) { nodes { id startedAt endedAt
                events(first: 5) { nodes { id type timestamp } } } } } } }`,
      variables: () => ({}),
      read: (data) => nest(data.projects, (p) => p.sessions, (s) => s.events),
    },
    postgraphile: {
      query: `{ allProjects(first: 5, orderBy: NAME_ASC) { nodes { id: rowId name createdAt
                sessionsByProjectId(first: 5, orderBy: STARTED_AT_DESC) { nodes { id: rowId startedAt endedAt
                eventsBySessionId(first: 5, orderBy: TS_ASC) { nodes { id: rowId type ts } } } } } } }`,
      variables: () => ({}),
      read: (data) => nest(data.allProjects, (p) => p.sessionsByProjectId, (s) => s.eventsBySessionId),
    },
  },
  {
    name: 'project',
    rows: 1,
    values: Array.from({ length: N_PROJECTS }, (_, i) => ({ id: projectId(i) })),
    productgraphd: {
      query: 'query($id: ID!) { project(id: $id) { id name createdAt } }', variables: own, read: (data) => project(data.project),
    },
    postgraphile: {
      query: 'query($id: String!) { projectByRowId(rowId: $id) { id: rowId name createdAt } }', variables: own,
      read: (data) => project(data.projectByRowId),
    },
  },
  {
    name: 'session',
    rows: 1,
    values: Array.from({ length: N_SESSIONS }, (_, i) => ({ project: projectId(i % N_PROJECTS), id: sessionId(i) })),
    productgraphd: {
      query: 'query($project: ID!, $id: ID!) { project(id: $project) { session(id: $id) { id startedAt endedAt } } }',
      variables: (values) => values, read: (data) => session(data.project.session),
    },
    postgraphile: {
      query: 'query($id: String!) { sessionByRowId(rowId: $id) { id: rowId startedAt endedAt } }', variables: own,
      read: (data) => session(data.sessionByRowId),
    },
  },
];
