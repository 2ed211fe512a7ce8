#pragma once

#include "db/pdg-db-params.h"
#include "model/pdg-event-filter.h"

G_BEGIN_DECLS

/* What a filter may name beside the event e, as left joins by primary key: PostgreSQL leaves out those that the statement
 * does not use. */
#define PDG_STORE_EVENT_JOINS                                                                    \
  "LEFT JOIN term t ON t.project_id = e.project_id AND t.term_no = e.term_no "                   \
  "LEFT JOIN screen sc ON sc.project_id = t.project_id AND sc.screen_no = t.screen_no "          \
  "LEFT JOIN actor a ON a.project_id = e.project_id AND a.actor_no = e.actor_no "                \
  "LEFT JOIN actor k ON k.project_id = a.project_id AND k.actor_no = coalesce(a.merged_into, a.actor_no) " \
  "LEFT JOIN session s ON s.project_id = e.project_id AND s.session_no = e.session_no "          \
  "LEFT JOIN release r ON r.project_id = e.project_id AND r.release_no = e.release_no "

/* Appends " AND (…)" for @filter over the event e and its joins, with the values behind those in @params; nothing for NULL.
 * Where it is NULL, the filter does not hold. */
void pdg_store_append_event_filter (GString *sql, PdgDbParams *params, const PdgEventFilter *filter);

/* Appends "EXISTS (…)": whether the session x has an event at or after $@from and before $@to that matches. @filter: (nullable) */
void pdg_store_append_any_event (GString *sql, PdgDbParams *params, const PdgEventFilter *filter, guint from, guint to);

G_END_DECLS
