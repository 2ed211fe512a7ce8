#pragma once

#include "api/pdg-api-private.h"

G_BEGIN_DECLS

/* Somebody on a connection that stays open: it counts among the streams of its key until it ends, and is looked at again and again,
 * since a key or token may be revoked or run out meanwhile. */
typedef struct _PdgApiVisit PdgApiVisit;

/* The key or token does not stand for the same principal any more; called once. */
typedef void (*PdgApiVisitFunc) (gpointer user_data);

/* NULL when there are too many, which is counted. (transfer full) */
PdgApiVisit *pdg_api_visit_new (PdgApi *api, PdgPrincipal *principal);

/* From now on @credential is checked, on the calling thread's default context; @func is called there. @credential: NULL = the local
 * principal, which is never revoked. */
void         pdg_api_visit_watch (PdgApiVisit *visit, const char *credential, PdgApiVisitFunc func, gpointer user_data);

/* Ends it and frees it; on the context where it is watched, if it is. */
void         pdg_api_visit_end (PdgApiVisit *visit);

G_END_DECLS
