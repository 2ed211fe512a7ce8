#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who acts: an organisation, a role in it, and perhaps one project only. Immutable, atomically counted; made by the
 * code that checked a key, a token or the local desktop. The only key that opens a tenant transaction. */
typedef struct _PdgPrincipal PdgPrincipal;

typedef enum
{
  PDG_ROLE_INGEST, /* may only write events of its project */
  PDG_ROLE_VIEWER,
  PDG_ROLE_EDITOR,
  PDG_ROLE_ADMIN,
} PdgRole;

/* @org_uuid: canonical UUID text; @org_no: the number behind it in the database; @project_no: 0 = every project of the
 * organisation; @label: who it is, for logs and authorship ("local", "key pk_ab12", a member's name). (transfer full) */
PdgPrincipal *pdg_principal_new (const char *org_uuid, gint32 org_no, PdgRole role, gint32 project_no, const char *label);
PdgPrincipal *pdg_principal_ref (PdgPrincipal *principal);
void          pdg_principal_unref (PdgPrincipal *principal);

/* What holds for one ingest key; said once, before the principal is shared. @events_per_second: 0 = any, -1 = as the collector is set;
 * @burst_events: 0 = the same. @origins: origins from which pages may send, with spaces between them; NULL = as the collector is set. */
void          pdg_principal_set_key (PdgPrincipal *principal, gint32 key_no, int events_per_second, int burst_events, const char *origins);

/* What tells it apart from others of the organisation, whatever they are called: "member UUID", "token 7". Said once, before it is shared. */
void          pdg_principal_set_author (PdgPrincipal *principal, const char *author);

/* That, or the label where it was not said. */
const char   *pdg_principal_get_author (const PdgPrincipal *principal);

/* 0 = it is no key. */
gint32        pdg_principal_get_key_no (const PdgPrincipal *principal);
void          pdg_principal_get_rate (const PdgPrincipal *principal, int *events_per_second, int *burst_events);

/* (nullable) */
const char   *pdg_principal_get_origins (const PdgPrincipal *principal);

const char   *pdg_principal_get_org_uuid (const PdgPrincipal *principal);
gint32        pdg_principal_get_org_no (const PdgPrincipal *principal);
PdgRole       pdg_principal_get_role (const PdgPrincipal *principal);
gint32        pdg_principal_get_project_no (const PdgPrincipal *principal);
const char   *pdg_principal_get_label (const PdgPrincipal *principal);

/* Whether the principal may do what @needed may. An ingest key may do nothing but write events;
 * a viewer may not write even those. */
gboolean      pdg_principal_may (const PdgPrincipal *principal, PdgRole needed);

/* "viewer" and so on; and back, FALSE when unknown. */
const char   *pdg_role_to_string (PdgRole role);
gboolean      pdg_role_from_string (const char *text, PdgRole *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPrincipal, pdg_principal_unref)

G_END_DECLS
