#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_STORE_SIGN_CALL,  /* texts: method, path, status, duration in milliseconds */
  PDG_STORE_SIGN_ERROR, /* type, message, component */
  PDG_STORE_SIGN_STATE, /* path, value after the change */
} PdgStoreSignKind;

#define PDG_STORE_SIGN_TEXTS 4

/* One event: of the screen at @place, from 0. @texts: each borrowed, nullable, of at most 500 characters. */
typedef void (*PdgStoreSignFunc) (guint place, gint32 session_no, gint64 usec, const char *const texts[PDG_STORE_SIGN_TEXTS], gpointer user_data);

/* The events of that kind on each of the screens in [@from_usec, @to_usec), of the newest 5,000 sessions of the project in that range; at most
 * 20,000 events a screen, in no order. One statement. Tenant transaction. Errors: PDG_DB_ERROR. */
gboolean pdg_store_each_screen_sign (PdgDbTx *tx, const gint32 *project_nos, const gint32 *screen_nos, guint n, PdgStoreSignKind kind,
                                     gint64 from_usec, gint64 to_usec, PdgStoreSignFunc func, gpointer user_data, GError **error);

G_END_DECLS
