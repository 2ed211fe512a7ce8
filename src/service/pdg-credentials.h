#pragma once

#include "db/pdg-db-pool.h"
#include "model/pdg-principal.h"

G_BEGIN_DECLS

/* Keys and tokens to principals, remembered for some seconds, so that a revoked key ends soon and a flood of bad ones
 * does not reach the database. Any thread. */
typedef struct _PdgCredentials PdgCredentials;

typedef enum
{
  PDG_CREDENTIAL_UNKNOWN, /* ask pdg_credentials_resolve_async () */
  PDG_CREDENTIAL_GOOD,
  PDG_CREDENTIAL_BAD,
} PdgCredentialVerdict;

PdgCredentials      *pdg_credentials_new (PdgDbPool *pool);
void                 pdg_credentials_free (PdgCredentials *credentials);

/* Only what is remembered; never waits. @principal: (out) (transfer full), set when GOOD. */
PdgCredentialVerdict pdg_credentials_peek (PdgCredentials *credentials, const char *secret, PdgPrincipal **principal);

/* Asks the database when it must. */
void                 pdg_credentials_resolve_async (PdgCredentials *credentials, const char *secret, GCancellable *cancellable,
                                                    GAsyncReadyCallback callback, gpointer user_data);

/* NULL without an error: the secret is no valid key or token. Errors: PDG_DB_ERROR. (transfer full) */
/* The same on the calling thread, which waits and is none of the pool's. (transfer full) (nullable) */
PdgPrincipal        *pdg_credentials_resolve_here (PdgCredentials *credentials, const char *secret, GCancellable *cancellable, GError **error);
PdgPrincipal        *pdg_credentials_resolve_finish (PdgCredentials *credentials, GAsyncResult *result, GError **error);

/* Writes down when keys were used last, to some seconds. A database thread. Errors: PDG_DB_ERROR. */
gboolean             pdg_credentials_note_uses (PdgCredentials *credentials, PdgDbConn *conn, GError **error);

/* Forgets what is remembered of an organisation, and what is being asked: after one of its keys or tokens was revoked or
 * lowered here. */
void                 pdg_credentials_forget (PdgCredentials *credentials, gint32 org_no);

/* SHA-256 of a secret: what is stored of it. */
void                 pdg_credential_hash (const char *secret, guint8 hash[32]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgCredentials, pdg_credentials_free)

G_END_DECLS
