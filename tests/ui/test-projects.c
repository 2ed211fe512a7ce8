#include "config.h"
#include "pdg-ui.h"

#include <string.h>

/* Choosing a project, and making one. */

static JsonArray *
get_projects (JsonNode *data)
{
  return json_object_get_array_member (json_object_get_object_member (json_node_get_object (data), "projects"), "nodes");
}

static gboolean
has_project (PdgUi *ui, const char *name)
{
  g_autoptr (JsonNode) data = pdg_system_graphql (pdg_ui_get_port (ui), NULL, "{projects{nodes{id name}}}");
  JsonArray *projects = get_projects (data);

  for (guint i = 0; i < json_array_get_length (projects); i++)
    if (strcmp (json_object_get_string_member (json_array_get_object_element (projects, i), "name"), name) == 0)
      return TRUE;
  return FALSE;
}

static guint
count_projects (PdgUi *ui)
{
  g_autoptr (JsonNode) data = pdg_system_graphql (pdg_ui_get_port (ui), NULL, "{projects{nodes{id}}}");

  return json_array_get_length (get_projects (data));
}

static gboolean
read_sensitive (PdgUi *ui, const char *button)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find_any (ui, "button", button);
  AtspiStateSet *states = atspi_accessible_get_state_set (node);
  gboolean is_sensitive = atspi_state_set_contains (states, ATSPI_STATE_SENSITIVE);

  g_object_unref (states);
  return is_sensitive;
}

static gboolean
can_create (PdgUi *ui, gpointer user_data)
{
  return read_sensitive (ui, "Create");
}

static gboolean
cannot_create (PdgUi *ui, gpointer user_data)
{
  return !read_sensitive (ui, "Create");
}

static void
test_new (void)
{
  g_autoptr (PdgUi) ui = pdg_ui_start (NULL);
  guint n_before = count_projects (ui);

  pdg_ui_activate (ui, "win.new-project", NULL);
  g_object_unref (pdg_ui_find_any (ui, NULL, "New project"));
  pdg_ui_wait (ui, "an empty name is refused", cannot_create, NULL);
  pdg_ui_type_into (ui, "Name of the project", "   ");
  g_assert_false (read_sensitive (ui, "Create"));
  pdg_ui_type_into (ui, "Name of the project", "Überblick shop");
  pdg_ui_wait (ui, "a name can be taken", can_create, NULL);
  pdg_ui_press (ui, "Create");
  pdg_ui_expect_window_gone (ui, "New project");
  pdg_ui_expect (ui, "frame", "Überblick shop – ProductGraph");
  g_assert_true (has_project (ui, "Überblick shop"));
  g_assert_cmpuint (count_projects (ui), ==, n_before + 1);

  /* given up: nothing is made */
  pdg_ui_activate (ui, "win.new-project", NULL);
  pdg_ui_type_into (ui, "Name of the project", "Never");
  pdg_ui_press (ui, "Cancel");
  pdg_ui_expect_window_gone (ui, "New project");
  g_assert_cmpuint (count_projects (ui), ==, n_before + 1);
}

static void
test_choose (void)
{
  g_autofree char *data_dir = pdg_ui_make_demo_dir (60);
  g_autoptr (PdgUi) ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });
  PdgUiRect chooser;

  pdg_ui_expect (ui, "frame", "Demo shop – ProductGraph");
  chooser = pdg_ui_get_rect (ui, "button", "Project: Demo shop");
  pdg_ui_click_at (ui, chooser.x + chooser.width / 2, chooser.y + chooser.height / 2);
  g_object_unref (pdg_ui_find_any (ui, "label", "Demo project"));
  pdg_ui_click_at (ui, chooser.x + 60, chooser.y + chooser.height + 24); /* the first one in the list */
  pdg_ui_expect (ui, "frame", "Demo project – ProductGraph");
  pdg_ui_expect (ui, "label", "curl *");
  pdg_ui_activate (ui, "win.project", "proj_shop");
  pdg_ui_expect (ui, "frame", "Demo shop – ProductGraph");
  pdg_ui_expect (ui, "button", "Payment, * exit*");
}

int
main (int argc, char *argv[])
{
  pdg_ui_init (&argc, &argv);
  g_test_add_func ("/ui/projects/new", test_new);
  g_test_add_func ("/ui/projects/choose", test_choose);
  return g_test_run ();
}
