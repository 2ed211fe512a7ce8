#pragma once

#include "store/product-fixture.h"

G_BEGIN_DECLS

/* Bodies of POST /v1/events for tests, and a writer that can be held. */

GString *body_new    (void);

/* One event; @more: further members beginning with a comma, or "". */
void     body_add    (GString *body, const char *project, const char *id, const char *session, const char *type, gint64 ts_usec,
                      const char *more_format, ...) G_GNUC_PRINTF (7, 8);

/* Closes it. (transfer full) */
char    *body_finish (GString *body);

/* Body with one page view. (transfer full) */
char    *body_with_one (const char *project, const char *id, const char *session, gint64 ts_usec);

/* Keeps writers from storing, so that what is submitted gathers in the queue, until it is freed. */
typedef struct
{
  PdgDbConn *conn;
  PdgDbTx *tx;
} WriterHold;

WriterHold *writer_hold_new  (const char *owner_uri);
void        writer_hold_free (WriterHold *hold);

/* How many flushes wait for the hold. */
gint64      writer_hold_count (void);

/* Has both of the writer's storing connections made: two flushes at once, of a session "both" of the project. */
void        writer_make_both (PdgIngest *ingest, const Tenant *tenant, gint64 now_usec);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (WriterHold, writer_hold_free)

G_END_DECLS
