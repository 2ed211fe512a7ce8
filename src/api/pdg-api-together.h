#pragma once

#include "api/pdg-api-turn.h"

G_BEGIN_DECLS

/* Requests of one principal that came at the same moment: those that each look up something by its key are answered by one statement,
 * those that ask the same question (as all who watch a report do when it changes) by one execution, which begins when all of them are
 * there. They count as one for the guards, and what fails together is tried again alone. Threads of the HTTP server that may wait. */

/* Leaves @operation to the others that came with @request, when it is of that kind; FALSE when it is not, or when there are none.
 * @what: that it was prepared from. */
gboolean pdg_api_defer   (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what,
                          PdgGqlOperation *operation);

/* Notes that the question was asked; whether it was a moment ago, too. */
gboolean pdg_api_is_asked_again (PdgApi *api, PdgGqlOperation *operation);

/* A PdgHttpTogetherFunc of the API. */
void     pdg_api_together (gpointer *deferred, guint n, gpointer user_data);

/* pdg-api-graphql.c: runs @what, or @operation when it is prepared (nullable), and answers. */
void     pdg_api_answer_here (PdgApi *api, PdgHttpRequest *request, PdgPrincipal *principal, PdgApiMedia media, const PdgApiRun *what,
                              PdgGqlOperation *operation);

G_END_DECLS
