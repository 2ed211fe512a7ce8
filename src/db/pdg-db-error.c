#include "config.h"
#include "db/pdg-db-error.h"

#include <string.h>

#include "db/pdg-db-private.h"

typedef struct
{
  char sqlstate[6];
  char *constraint;
  char *detail;
} PdgDbErrorPrivate;

static void
pdg_db_error_private_init (PdgDbErrorPrivate *priv)
{
}

static void
pdg_db_error_private_copy (const PdgDbErrorPrivate *src, PdgDbErrorPrivate *dest)
{
  memcpy (dest->sqlstate, src->sqlstate, sizeof dest->sqlstate);
  dest->constraint = g_strdup (src->constraint);
  dest->detail = g_strdup (src->detail);
}

static void
pdg_db_error_private_clear (PdgDbErrorPrivate *priv)
{
  g_free (priv->constraint);
  g_free (priv->detail);
}

G_DEFINE_EXTENDED_ERROR (PdgDbError, pdg_db_error)

/* By the longest prefix of the SQLSTATE that matches; the texts say what to do and hold nothing of the statement. */
static const struct
{
  const char *prefix;
  PdgDbError code;
  const char *message;
} by_sqlstate[] = {
  { "08", PDG_DB_ERROR_CONNECTION, "The connection to the database was lost: try again" },
  { "0A", PDG_DB_ERROR_FAILED, "The database does not support this operation" },
  { "0A000", PDG_DB_ERROR_SERIALIZATION, "The database was changed meanwhile: try again" },
  { "22", PDG_DB_ERROR_INVALID, "The database refused a value: correct it and try again" },
  { "23", PDG_DB_ERROR_INVALID, "The values break a rule of the database: correct them and try again" },
  { "23503", PDG_DB_ERROR_INVALID, "Something that this refers to does not exist, or is still referred to" },
  { "23505", PDG_DB_ERROR_UNIQUE_VIOLATION, "It exists already: choose another name or change the existing one" },
  { "25006", PDG_DB_ERROR_PERMISSION, "This is read-only here: use the primary database to write" },
  { "25P02", PDG_DB_ERROR_FAILED, "An earlier step failed, so nothing was saved: try again" },
  { "25P03", PDG_DB_ERROR_TIMEOUT, "The transaction took too long: try again" },
  { "26000", PDG_DB_ERROR_SERIALIZATION, "The database session was reset meanwhile: try again" },
  { "28", PDG_DB_ERROR_PERMISSION, "The database refused the login: check the user and the password in the database address" },
  { "3D000", PDG_DB_ERROR_NOT_FOUND, "The database does not exist: create it, or correct its name in the database address" },
  { "40", PDG_DB_ERROR_SERIALIZATION, "Another change came first: try again" },
  { "42501", PDG_DB_ERROR_PERMISSION, "The database does not allow this to the current user or organisation" },
  { "42P01", PDG_DB_ERROR_NOT_FOUND, "The database is not up to date: run the migrations" },
  { "42703", PDG_DB_ERROR_NOT_FOUND, "The database is not up to date: run the migrations" },
  { "42883", PDG_DB_ERROR_NOT_FOUND, "The database is not up to date: run the migrations" },
  { "3F000", PDG_DB_ERROR_NOT_FOUND, "The database is not up to date: run the migrations" },
  { "53", PDG_DB_ERROR_FAILED, "The database is short of memory or another resource: try again later" },
  { "53100", PDG_DB_ERROR_FAILED, "The disk of the database is full: free some space and try again" },
  { "53300", PDG_DB_ERROR_CONNECTION, "The database has too many connections: try again later, or raise its limit" },
  { "55006", PDG_DB_ERROR_IN_USE, "It is in use: try again later" },
  { "55P03", PDG_DB_ERROR_TIMEOUT, "Something else holds a lock: try again" },
  { "57014", PDG_DB_ERROR_TIMEOUT, "The database took too long: ask for less, or try again" },
  { "57P", PDG_DB_ERROR_CONNECTION, "The database is stopping or starting: try again in a moment" },
  { "57P04", PDG_DB_ERROR_NOT_FOUND, "The database was deleted" },
  { "P0001", PDG_DB_ERROR_INVALID, NULL }, /* raised by our own functions: their words are for people */
  { "P0002", PDG_DB_ERROR_NOT_FOUND, "It does not exist" },
};

static void
classify (const char *sqlstate, PdgDbError *code, const char **message)
{
  gsize best = 0;

  *code = PDG_DB_ERROR_FAILED;
  *message = "The database could not do this: see the log for the reason";
  for (guint i = 0; i < G_N_ELEMENTS (by_sqlstate); i++)
    {
      gsize len = strlen (by_sqlstate[i].prefix);

      if (len > best && strncmp (sqlstate, by_sqlstate[i].prefix, len) == 0)
        {
          best = len;
          *code = by_sqlstate[i].code;
          *message = by_sqlstate[i].message;
        }
    }
}

void
pdg_db_error_set (GError **error, PdgDbError code, const char *sqlstate, const char *detail, const char *format, ...)
{
  g_autofree char *message = NULL;
  PdgDbErrorPrivate *priv;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_debug ("%s [%s] %s", message, sqlstate != NULL ? sqlstate : "", detail != NULL ? detail : "");
  if (error == NULL)
    return;
  g_set_error_literal (error, PDG_DB_ERROR, code, message);
  priv = pdg_db_error_get_private (*error);
  if (sqlstate != NULL)
    g_strlcpy (priv->sqlstate, sqlstate, sizeof priv->sqlstate);
  priv->detail = g_strdup (detail);
}

void
pdg_db_error_set_from_result (GError **error, PGconn *pq, const PGresult *result, gboolean cancelled)
{
  const char *sqlstate = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *primary = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  const char *hint = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_HINT) : NULL;
  const char *constraint = result != NULL ? PQresultErrorField (result, PG_DIAG_CONSTRAINT_NAME) : NULL;
  g_autofree char *detail = NULL;
  const char *message;
  PdgDbError code;

  if (sqlstate == NULL || PQstatus (pq) == CONNECTION_BAD)
    {
      pdg_db_error_set_from_conn (error, pq);
      return;
    }
  classify (sqlstate, &code, &message);
  if (cancelled && strcmp (sqlstate, "57014") == 0)
    {
      code = PDG_DB_ERROR_CANCELLED;
      message = "The operation was cancelled";
    }
  detail = g_strjoin (": ", primary != NULL ? primary : "", hint, NULL);
  pdg_db_error_set (error, code, sqlstate, detail, "%s", message != NULL ? message : primary);
  if (error != NULL && constraint != NULL)
    ((PdgDbErrorPrivate *) pdg_db_error_get_private (*error))->constraint = g_strdup (constraint);
}

/* Finds "SEVERITY:  28P01: " in a verbose message; libpq has no other way to tell why a login failed. */
static gboolean
find_sqlstate (const char *message, char sqlstate[6])
{
  for (const char *p = strstr (message, ":  "); p != NULL; p = strstr (p + 1, ":  "))
    {
      gsize len = strspn (p + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");

      if (len == 5 && p[8] == ':')
        {
          memcpy (sqlstate, p + 3, 5);
          sqlstate[5] = '\0';
          return TRUE;
        }
    }
  return FALSE;
}

void
pdg_db_error_set_from_conn (GError **error, PGconn *pq)
{
  const char *detail = PQerrorMessage (pq);
  const char *message = "The database cannot be reached: check that it runs and that its address is right";
  PdgDbError code = PDG_DB_ERROR_CONNECTION;
  char sqlstate[6] = "";

  if (find_sqlstate (detail, sqlstate))
    classify (sqlstate, &code, &message);
  pdg_db_error_set (error, code, sqlstate, detail, "%s", message);
}

const char *
pdg_db_error_get_sqlstate (const GError *error)
{
  if (error == NULL || error->domain != PDG_DB_ERROR)
    return "";
  return ((PdgDbErrorPrivate *) pdg_db_error_get_private (error))->sqlstate;
}

const char *
pdg_db_error_get_constraint (const GError *error)
{
  if (error == NULL || error->domain != PDG_DB_ERROR)
    return NULL;
  return ((PdgDbErrorPrivate *) pdg_db_error_get_private (error))->constraint;
}

const char *
pdg_db_error_get_detail (const GError *error)
{
  if (error == NULL || error->domain != PDG_DB_ERROR)
    return NULL;
  return ((PdgDbErrorPrivate *) pdg_db_error_get_private (error))->detail;
}
