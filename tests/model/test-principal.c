#include "config.h"

#include "model/pdg-principal.h"

#define ORG "018f0000-0000-7000-8000-000000000001"

static void
test_rights (void)
{
  /* may[role][needed], in the order ingest, viewer, editor, admin */
  static const gboolean may[4][4] = {
    { TRUE, FALSE, FALSE, FALSE },
    { FALSE, TRUE, FALSE, FALSE },
    { TRUE, TRUE, TRUE, FALSE },
    { TRUE, TRUE, TRUE, TRUE },
  };

  for (int role = PDG_ROLE_INGEST; role <= PDG_ROLE_ADMIN; role++)
    {
      g_autoptr (PdgPrincipal) principal = pdg_principal_new (ORG, 1, (PdgRole) role, 0, "test");

      for (int needed = PDG_ROLE_INGEST; needed <= PDG_ROLE_ADMIN; needed++)
        {
          g_test_message ("%s may %s", pdg_role_to_string ((PdgRole) role), pdg_role_to_string ((PdgRole) needed));
          g_assert_cmpint (pdg_principal_may (principal, (PdgRole) needed), ==, may[role][needed]);
        }
    }
}

static void
test_properties (void)
{
  g_autofree char *label = g_strdup ("key pk_ab12");
  PdgPrincipal *principal = pdg_principal_new (ORG, 7, PDG_ROLE_EDITOR, 12, label);
  PdgPrincipal *second = pdg_principal_ref (principal);

  label[0] = 'X'; /* the principal has its own copy */
  pdg_principal_unref (principal);
  g_assert_cmpstr (pdg_principal_get_org_uuid (second), ==, ORG);
  g_assert_cmpint (pdg_principal_get_org_no (second), ==, 7);
  g_assert_cmpint (pdg_principal_get_role (second), ==, PDG_ROLE_EDITOR);
  g_assert_cmpint (pdg_principal_get_project_no (second), ==, 12);
  g_assert_cmpstr (pdg_principal_get_label (second), ==, "key pk_ab12");
  pdg_principal_unref (second);
  pdg_principal_unref (NULL);
}

static void
test_role_names (void)
{
  static const char *const unknown[] = { "", "Admin", "owner", "ingest ", NULL };

  for (int role = PDG_ROLE_INGEST; role <= PDG_ROLE_ADMIN; role++)
    {
      PdgRole back;

      g_assert_true (pdg_role_from_string (pdg_role_to_string ((PdgRole) role), &back));
      g_assert_cmpint (back, ==, role);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      PdgRole role = PDG_ROLE_VIEWER;

      g_assert_false (pdg_role_from_string (unknown[i], &role));
      g_assert_cmpint (role, ==, PDG_ROLE_VIEWER);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/principal/rights", test_rights);
  g_test_add_func ("/model/principal/properties", test_properties);
  g_test_add_func ("/model/principal/role-names", test_role_names);
  return g_test_run ();
}
