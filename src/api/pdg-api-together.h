#pragma once

#include "api/pdg-api-turn.h"

G_BEGIN_DECLS

/* Requests that came at the same moment and each look up something by its key: those of one principal are answered by one statement.
 * They count as one for the guards, and what fails together is tried again alone. Threads of the HTTP server that may wait. */

/* Leaves @operation to the others that came with @request, when it is such a lookup; FALSE when it is not, or when there are none. */
gboolean pdg_api_defer   (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, PdgGqlOperation *operation);

/* A PdgHttpTogetherFunc of the API. */
void     pdg_api_together (gpointer *deferred, guint n, gpointer user_data);

/* pdg-api-graphql.c: runs @what, or @operation when it is prepared (nullable), and answers. */
void     pdg_api_answer_here (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what,
                              PdgGqlOperation *operation);

G_END_DECLS
