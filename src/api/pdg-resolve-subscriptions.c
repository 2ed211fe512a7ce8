#include "config.h"
#include "api/pdg-resolve.h"

/* ---- Subscriptions: the root source is the change */

static void
subscription_project_changed (PdgGqlCall *call)
{
  pdg_gql_call_set_object (call, 0, pdg_gql_call_get_source (call, 0), NULL);
}

PDG_RESOLVE_MEMBER (change_project_id, PdgApiChange, pdg_gql_call_set_borrowed_string (call, i, source->project_id))
PDG_RESOLVE_MEMBER (change_sequence, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->sequence))
PDG_RESOLVE_MEMBER (change_at, PdgApiChange, pdg_gql_call_set_int64 (call, i, source->at_usec))

static const PdgGqlBinding bindings[] = {
  { "Subscription.projectChanged", subscription_project_changed },
  { "ProjectChange.projectId", change_project_id },
  { "ProjectChange.sequence", change_sequence },
  { "ProjectChange.at", change_at },
};

PdgResolveTable
pdg_resolve_subscription_table (void)
{
  return (PdgResolveTable) PDG_RESOLVE_TABLE (bindings);
}
