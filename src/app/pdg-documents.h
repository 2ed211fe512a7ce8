#pragma once

/* The GraphQL documents of the app; their types are those of src/api/schema.graphql. */

#define PDG_DOCUMENT_PROJECTS                                                                                         \
  "query Projects {"                                                                                                  \
  "  projects(first: 100) { nodes { id name newestEventAt } }"                                                        \
  "  collector { eventsUrl keyless }"                                                                                 \
  "}"

#define PDG_DOCUMENT_GRAPH                                                                                            \
  "query Graph($id: ID!, $range: TimeRangeInput!) {"                                                                  \
  "  project(id: $id) {"                                                                                              \
  "    id name newestEventAt"                                                                                         \
  "    live { eventsPerMinute activeSessions asOf }"                                                                  \
  "    journeyGraph(range: $range) {"                                                                                 \
  "      asOf sessionCount eventCount"                                                                                \
  "      screens { id path name visits entries exits errors sessionCount loadP75Ms dwellMedianMs snapshotId }"        \
  "      transitions { from to count dwellMedianMs }"                                                                 \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_LIVE                                                                                             \
  "query Live($id: ID!) {"                                                                                            \
  "  project(id: $id) { newestEventAt live { eventsPerMinute activeSessions asOf } }"                                 \
  "}"

#define PDG_DOCUMENT_SESSIONS                                                                                         \
  "query Sessions($id: ID!, $range: TimeRangeInput!, $screen: ID) {"                                                  \
  "  project(id: $id) {"                                                                                              \
  "    sessions(range: $range, screenId: $screen, first: 20) {"                                                       \
  "      nodes { id actor { id } startedAt endedAt pageViewCount errorCount release }"                                \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_CREATE_PROJECT                                                                                   \
  "mutation CreateProject($input: CreateProjectInput!) {"                                                             \
  "  createProject(input: $input) { project { id name } }"                                                            \
  "}"

#define PDG_DOCUMENT_LOAD_DEMO "mutation LoadDemo { loadDemo { projectId done total running error } }"

#define PDG_DOCUMENT_PROJECT_CHANGED                                                                                  \
  "subscription Changed($id: ID!) { projectChanged(projectId: $id) { sequence } }"

#define PDG_DOCUMENT_DEMO_PROGRESS "subscription Demo { demoProgress { projectId done total running error } }"
