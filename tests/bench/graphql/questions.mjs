// What both are asked. `read` brings an answer into one form; `rows` counts the objects with an id in it.
import { N_SESSIONS, projectId, N_PROJECTS } from './load.mjs';

const ms = (text) => Date.parse(text);
const project = (p) => ({ id: p.id, name: p.name, at: ms(p.createdAt) });
const session = (s) => ({ id: s.id, from: ms(s.startedAt) });

export const questions = [
  {
    name: 'nested',
    rows: 5 + 25,
    variables: [{}],
    productgraphd: {
      query: '{ projects(first: 5) { nodes { id name createdAt sessions(range: {}, first: 5) { nodes { id startedAt } } } } }',
      read: (data) => data.projects.nodes.filter((p) => p.id.startsWith('bench')).map((p) => ({ ...project(p), sessions: p.sessions.nodes.map(session) })),
    },
    postgraphile: {
      query: '{ allProjects(first: 5, orderBy: NAME_ASC) { nodes { id: rowId name createdAt sessionsByProjectId(first: 5, orderBy: STARTED_AT_DESC) { nodes { id: rowId startedAt } } } } }',
      read: (data) => data.allProjects.nodes.map((p) => ({ ...project(p), sessions: p.sessionsByProjectId.nodes.map(session) })),
    },
  },
  {
    name: 'project',
    rows: 1,
    variables: Array.from({ length: N_PROJECTS }, (_, i) => ({ id: projectId(i) })),
    productgraphd: { query: 'query($id: ID!) { project(id: $id) { id name createdAt } }', read: (data) => project(data.project) },
    postgraphile: { query: 'query($id: String!) { projectByRowId(rowId: $id) { id: rowId name createdAt } }', read: (data) => project(data.projectByRowId) },
  },
];
