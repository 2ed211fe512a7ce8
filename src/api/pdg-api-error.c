#include "config.h"
#include "api/pdg-api-error.h"

#include "codec/pdg-codec-error.h"
#include "db/pdg-db-error.h"
#include "service/pdg-ingest.h"
#include "service/pdg-queries.h"

#define INTERNAL_MESSAGE "something went wrong on the server; the same request may work later"

typedef struct
{
  GQuark (*domain) (void);
  int code;
  PdgApiVerdict verdict;
} Row;

static const Row rows[] = {
  { pdg_service_error_quark, PDG_SERVICE_ERROR_FORBIDDEN, { 403, "FORBIDDEN", -32003, TRUE } },
  { pdg_service_error_quark, PDG_SERVICE_ERROR_NOT_FOUND, { 404, "NOT_FOUND", -32004, TRUE } },
  { pdg_service_error_quark, PDG_SERVICE_ERROR_INVALID, { 400, "BAD_USER_INPUT", -32602, TRUE } },
  { pdg_service_error_quark, PDG_SERVICE_ERROR_CONFLICT, { 409, "CONFLICT", -32009, TRUE } },
  { pdg_ingest_error_quark, PDG_INGEST_ERROR_FULL, { 503, "UNAVAILABLE", -32001, TRUE } },
  { pdg_ingest_error_quark, PDG_INGEST_ERROR_AWAY, { 503, "UNAVAILABLE", -32001, TRUE } },
  { pdg_ingest_error_quark, PDG_INGEST_ERROR_FAILED, { 500, "INTERNAL_SERVER_ERROR", -32603, TRUE } },
  { pdg_codec_error_quark, PDG_CODEC_ERROR_TOO_LARGE, { 413, "BAD_USER_INPUT", -32700, TRUE } },
  { pdg_codec_error_quark, -1, { 400, "BAD_USER_INPUT", -32700, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_CONNECTION, { 503, "UNAVAILABLE", -32001, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_BUSY, { 503, "UNAVAILABLE", -32001, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_CLOSED, { 503, "UNAVAILABLE", -32001, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_CANCELLED, { PDG_API_STATUS_CANCELLED, "CANCELLED", -32800, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_TIMEOUT, { 504, "TIMEOUT", -32001, TRUE } },
  { pdg_db_error_quark, PDG_DB_ERROR_PERMISSION, { 403, "FORBIDDEN", -32003, FALSE } },
};

static const PdgApiVerdict internal = { 500, "INTERNAL_SERVER_ERROR", -32603, FALSE };

const PdgApiVerdict *
pdg_api_verdict_for (const GError *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (error->domain == rows[i].domain () && (rows[i].code == error->code || rows[i].code == -1))
      return &rows[i].verdict;
  return &internal;
}

const char *
pdg_api_error_message (const GError *error)
{
  return pdg_api_verdict_for (error)->show_message ? error->message : INTERNAL_MESSAGE;
}

const char *
pdg_api_error_code (const GError *error, const char **message)
{
  const PdgApiVerdict *verdict = pdg_api_verdict_for (error);

  if (!verdict->show_message)
    {
      g_warning ("%s (%s)", error->message,
                 error->domain == PDG_DB_ERROR && pdg_db_error_get_detail (error) != NULL ? pdg_db_error_get_detail (error) : "no detail");
      *message = INTERNAL_MESSAGE;
    }
  return verdict->graphql_code;
}
