#include "config.h"
#include "model/pdg-principal.h"

struct _PdgPrincipal
{
  char *org_uuid;
  char *label;
  char *author; /* (nullable) */
  gint32 org_no;
  gint32 project_no;
  PdgRole role;
  gint32 key_no;
  int events_per_second, burst_events;
  char *origins;
};

static const char *const role_names[] = { "ingest", "viewer", "editor", "admin" };

PdgPrincipal *
pdg_principal_new (const char *org_uuid, gint32 org_no, PdgRole role, gint32 project_no, const char *label)
{
  PdgPrincipal *principal = g_atomic_rc_box_new0 (PdgPrincipal);

  principal->org_uuid = g_strdup (org_uuid);
  principal->org_no = org_no;
  principal->role = role;
  principal->project_no = project_no;
  principal->label = g_strdup (label);
  principal->events_per_second = -1;
  return principal;
}

PdgPrincipal *
pdg_principal_ref (PdgPrincipal *principal)
{
  return g_atomic_rc_box_acquire (principal);
}

static void
principal_clear (gpointer data)
{
  PdgPrincipal *principal = data;

  g_free (principal->org_uuid);
  g_free (principal->label);
  g_free (principal->author);
  g_free (principal->origins);
}

void
pdg_principal_unref (PdgPrincipal *principal)
{
  if (principal != NULL)
    g_atomic_rc_box_release_full (principal, principal_clear);
}

void
pdg_principal_set_key (PdgPrincipal *principal, gint32 key_no, int events_per_second, int burst_events, const char *origins)
{
  principal->key_no = key_no;
  principal->events_per_second = events_per_second;
  principal->burst_events = burst_events;
  g_free (principal->origins);
  principal->origins = g_strdup (origins);
}

void
pdg_principal_set_author (PdgPrincipal *principal, const char *author)
{
  g_free (principal->author);
  principal->author = g_strdup (author);
}

const char *
pdg_principal_get_author (const PdgPrincipal *principal)
{
  return principal->author != NULL ? principal->author : principal->label;
}

gint32
pdg_principal_get_key_no (const PdgPrincipal *principal)
{
  return principal->key_no;
}

void
pdg_principal_get_rate (const PdgPrincipal *principal, int *events_per_second, int *burst_events)
{
  *events_per_second = principal->events_per_second;
  *burst_events = principal->burst_events;
}

const char *
pdg_principal_get_origins (const PdgPrincipal *principal)
{
  return principal->origins;
}

const char *
pdg_principal_get_org_uuid (const PdgPrincipal *principal)
{
  return principal->org_uuid;
}

gint32
pdg_principal_get_org_no (const PdgPrincipal *principal)
{
  return principal->org_no;
}

PdgRole
pdg_principal_get_role (const PdgPrincipal *principal)
{
  return principal->role;
}

gint32
pdg_principal_get_project_no (const PdgPrincipal *principal)
{
  return principal->project_no;
}

const char *
pdg_principal_get_label (const PdgPrincipal *principal)
{
  return principal->label;
}

gboolean
pdg_principal_may (const PdgPrincipal *principal, PdgRole needed)
{
  if (needed == PDG_ROLE_INGEST)
    return principal->role != PDG_ROLE_VIEWER;
  if (principal->role == PDG_ROLE_INGEST)
    return FALSE;
  return principal->role >= needed;
}

const char *
pdg_role_to_string (PdgRole role)
{
  return role_names[role];
}

gboolean
pdg_role_from_string (const char *text, PdgRole *out)
{
  for (gsize i = 0; i < G_N_ELEMENTS (role_names); i++)
    if (g_strcmp0 (text, role_names[i]) == 0)
      {
        *out = (PdgRole) i;
        return TRUE;
      }
  return FALSE;
}
