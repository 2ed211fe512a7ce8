#pragma once

/* The GraphQL documents of the app; their types are those of src/api/schema.graphql. */

/* Of a session, what a row of a list shows. */
#define PDG_DOCUMENT_SESSION_FIELDS "id actor { id } startedAt endedAt pageViewCount errorCount release"

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

#define PDG_DOCUMENT_TRAFFIC                                                                                           \
  "subscription Traffic($id: ID!) {"                                                                                   \
  "  liveTraffic(projectId: $id) {"                                                                                    \
  "    asOf isWhole eventCount skippedCount activeSessions activeActors steps { from to count elapsedMs }"             \
  "    pulses { screenId count } screens { screenId activeSessions activeActors }"                                     \
  "  }"                                                                                                                \
  "}"

#define PDG_DOCUMENT_SESSIONS                                                                                         \
  "query Sessions($id: ID!, $range: TimeRangeInput!, $screen: ID) {"                                                  \
  "  project(id: $id) {"                                                                                              \
  "    sessions(range: $range, screenId: $screen, first: 20) {"                                                       \
  "      nodes { " PDG_DOCUMENT_SESSION_FIELDS " }"                                                                     \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_SCREEN                                                                                           \
  "query Screen($id: ID!, $range: TimeRangeInput!, $screen: ID!) {"                                                   \
  "  project(id: $id) {"                                                                                              \
  "    screen(id: $screen) {"                                                                                         \
  "      path snapshot { id componentTree }"                                                                          \
  "      snapshots(first: 12) {"                                                                                      \
  "        nodes { id blobId takenAt width height viewportWidth viewportHeight deviceScale session { id actor { id } } }"\
  "      }"                                                                                                           \
  "      apiCalls(range: $range, first: 20) { method route count failureCount durationP75Ms }"                        \
  "      errors(range: $range, first: 20) { type message component count sessionCount lastAt }"                       \
  "      stateValues(range: $range, first: 100) { path lastValue count distinctCount lastAt }"                        \
  "    }"                                                                                                             \
  "    journeys(first: 10) { nodes { name kind steps { name place screenPath } } }"                                   \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_EDGE_SESSIONS                                                                                    \
  "query EdgeSessions($id: ID!, $range: TimeRangeInput!, $from: ID!, $to: ID!) {"                                     \
  "  project(id: $id) {"                                                                                              \
  "    journeyGraph(range: $range) {"                                                                                 \
  "      sessions(cell: {transition: {from: $from, to: $to}}, first: 20) {"                                           \
  "        nodes { " PDG_DOCUMENT_SESSION_FIELDS " }"                                                                   \
  "      }"                                                                                                           \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_SESSION_STEPS                                                                                    \
  "query Steps($id: ID!, $session: ID!) {"                                                                            \
  "  project(id: $id) {"                                                                                              \
  "    session(id: $session) {"                                                                                       \
  "      events(first: 60) {"                                                                                         \
  "        nodes { type name timestamp pagePath componentName screen { name } properties }"                           \
  "        pageInfo { hasNextPage }"                                                                                  \
  "      }"                                                                                                           \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_COMMENTS                                                                                         \
  "query Comments($id: ID!, $after: String) {"                                                                        \
  "  project(id: $id) {"                                                                                              \
  "    commentThreads(first: 40, after: $after) {"                                                                    \
  "      nodes {"                                                                                                     \
  "        id screen { id name } toScreen { id name } x y resolvedAt resolvedBy commentCount unreadCount"             \
  "        newestComments { id author isOwn body createdAt editedAt }"                                                \
  "      }"                                                                                                           \
  "      pageInfo { hasNextPage endCursor }"                                                                          \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_ADD_THREAD                                                                                       \
  "mutation AddCommentThread($input: AddCommentThreadInput!) {"                                                       \
  "  change: addCommentThread(input: $input) { thread { id } errors { message } }"                                    \
  "}"

#define PDG_DOCUMENT_ADD_COMMENT                                                                                      \
  "mutation AddComment($input: AddCommentInput!) {"                                                                   \
  "  change: addComment(input: $input) { comment { id } errors { message } }"                                         \
  "}"

#define PDG_DOCUMENT_EDIT_COMMENT                                                                                     \
  "mutation EditComment($input: EditCommentInput!) {"                                                                 \
  "  change: editComment(input: $input) { comment { id } errors { message } }"                                        \
  "}"

#define PDG_DOCUMENT_DELETE_COMMENT                                                                                   \
  "mutation DeleteComment($input: DeleteCommentInput!) {"                                                             \
  "  change: deleteComment(input: $input) { deletedCommentId errors { message } }"                                    \
  "}"

#define PDG_DOCUMENT_RESOLVE_THREAD                                                                                   \
  "mutation ResolveCommentThread($input: ResolveCommentThreadInput!) {"                                               \
  "  change: resolveCommentThread(input: $input) { thread { id } errors { message } }"                                \
  "}"

#define PDG_DOCUMENT_MARK_READ                                                                                        \
  "mutation MarkCommentThreadRead($input: MarkCommentThreadReadInput!) {"                                             \
  "  change: markCommentThreadRead(input: $input) { thread { id } errors { message } }"                               \
  "}"

/* What both ask for is the same funnel. */
#define PDG_DOCUMENT_FUNNEL_ARGUMENTS                                                                                 \
  "funnel(range: $range, steps: $steps, windowSeconds: $window, order: $order, counting: $counting)"

#define PDG_DOCUMENT_FUNNEL                                                                                           \
  "query Funnel($id: ID!, $range: TimeRangeInput!, $steps: [FunnelStepInput!]!, $window: Int, $order: FunnelOrder!, $counting: FunnelCounting!) {" \
  "  project(id: $id) {"                                                                                              \
  "    " PDG_DOCUMENT_FUNNEL_ARGUMENTS " {"                                                                           \
  "      asOf conversion { count of share low high } pendingCount timeToConvert { medianMs p90Ms }"                    \
  "      steps {"                                                                                                     \
  "        number name count rate { count of share low high } stepRate { count of share low high } stoppedCount"       \
  "        timeFromPrevious { medianMs }"                                                                             \
  "      }"                                                                                                           \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_FUNNEL_PEOPLE                                                                                    \
  "query FunnelPeople($id: ID!, $range: TimeRangeInput!, $steps: [FunnelStepInput!]!, $window: Int, $order: FunnelOrder!, "\
  "$counting: FunnelCounting!, $stopped: Boolean!) {"                                                                 \
  "  project(id: $id) {"                                                                                              \
  "    " PDG_DOCUMENT_FUNNEL_ARGUMENTS " {"                                                                           \
  "      steps {"                                                                                                     \
  "        reached: sessions(first: 20) @skip(if: $stopped) { nodes { " PDG_DOCUMENT_SESSION_FIELDS " } }"             \
  "        stopped: sessions(first: 20, outcome: STOPPED) @include(if: $stopped) { nodes { " PDG_DOCUMENT_SESSION_FIELDS " } }" \
  "      }"                                                                                                           \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_CREATE_PROJECT                                                                                   \
  "mutation CreateProject($input: CreateProjectInput!) {"                                                             \
  "  createProject(input: $input) { project { id name } errors { message } }"                                          \
  "}"

#define PDG_DOCUMENT_LOAD_DEMO "mutation LoadDemo { loadDemo { projectId done total running error } }"

#define PDG_DOCUMENT_PROJECT_CHANGED                                                                                  \
  "subscription Changed($id: ID!) { projectChanged(projectId: $id) { sequence } }"

#define PDG_DOCUMENT_DEMO_PROGRESS "subscription Demo { demoProgress { projectId done total running error } }"

#define PDG_DOCUMENT_KEYS                                                                                             \
  "query Keys($id: ID!, $after: String) {"                                                                            \
  "  project(id: $id) {"                                                                                              \
  "    keys(first: 100, after: $after) {"                                                                             \
  "      nodes { id label prefix createdAt lastUsedAt revokedAt endsAt eventsPerSecond burstEvents }"                 \
  "      pageInfo { hasNextPage endCursor }"                                                                          \
  "    }"                                                                                                             \
  "  }"                                                                                                               \
  "}"

#define PDG_DOCUMENT_CREATE_KEY                                                                                       \
  "mutation CreateKey($input: CreateApiKeyInput!) {"                                                                  \
  "  createApiKey(input: $input) { secret key { id } errors { message } }"                                            \
  "}"

#define PDG_DOCUMENT_ROTATE_KEY                                                                                       \
  "mutation RotateKey($input: RotateApiKeyInput!) {"                                                                  \
  "  rotateApiKey(input: $input) { secret key { id } errors { message } }"                                            \
  "}"

#define PDG_DOCUMENT_LIMIT_KEY                                                                                        \
  "mutation LimitKey($input: LimitApiKeyInput!) { limitApiKey(input: $input) { key { id } errors { message } } }"

#define PDG_DOCUMENT_REVOKE_KEY                                                                                       \
  "mutation RevokeKey($input: RevokeApiKeyInput!) { revokeApiKey(input: $input) { key { id } errors { message } } }"

#define PDG_DOCUMENT_CANVAS                                                                                           \
  "query Canvas($id: ID!, $all: Boolean!) {"                                                                          \
  "  project(id: $id) { canvas { revision mayEdit nodes @include(if: $all) { screenId x y isPinned isLocked revision } } }" \
  "}"

#define PDG_DOCUMENT_ARRANGE                                                                                          \
  "mutation Arrange($input: ArrangeCanvasInput!) {"                                                                   \
  "  arrangeCanvas(input: $input) {"                                                                                  \
  "    canvas { revision mayEdit nodes { screenId x y isPinned isLocked revision } } errors { message }"              \
  "  }"                                                                                                               \
  "}"
