#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Waits for the disk, for flushes that were committed without doing so: those who store neither stand idle meanwhile nor hold the rows
 * of sessions. A thread and a connection of its own; what was committed goes to the disk all at once.
 *
 * It vouches only for what was committed while its connection was there: with a crash of the database, which takes with it what is
 * not on the disk, every connection ends. So whoever commits asks for the life of the connection before that, and hands it over with
 * the flush. */
typedef struct _PdgIngestSettler PdgIngestSettler;

/* Whether @data is on the disk for good; FALSE: nobody knows. On the settler's thread. */
typedef void (*PdgIngestSettledFunc) (gpointer data, gboolean is_durable, gpointer user_data);

/* Whether the database is there, so that connecting makes sense. On the settler's thread. */
typedef gboolean (*PdgIngestMayConnectFunc) (gpointer user_data);

/* (transfer full) */
PdgIngestSettler *pdg_ingest_settler_new (const char *uri, const char *set_role, PdgIngestMayConnectFunc may_connect,
                                          PdgIngestSettledFunc settled, gpointer user_data);

/* Settles what was pushed, then ends its thread. */
void pdg_ingest_settler_free (PdgIngestSettler *settler);

/* That of its connection; 0 = it has none, and whoever commits waits for the disk himself. Any thread. */
guint pdg_ingest_settler_get_life (PdgIngestSettler *settler);

/* What was committed since the connection had this @life. Any thread. @data: (transfer full) */
void pdg_ingest_settler_push (PdgIngestSettler *settler, guint life, gpointer data);

G_END_DECLS
