#include "config.h"
#include "pdg-ui-private.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 40

static char *saved_display;

void
pdg_ui_init (int *argc, char ***argv)
{
  saved_display = g_strdup (g_getenv ("DISPLAY"));
  g_assert_nonnull (saved_display);
  g_assert_nonnull (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  pdg_system_init (argc, argv);
  g_setenv ("DISPLAY", saved_display, TRUE);
  /* libatspi warns of each app that is not ready for it yet */
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
  g_assert_cmpint (atspi_init (), <=, 1);
}

/* ---- the tree ---- */

typedef gboolean (*Visit) (PdgUiNode *node, const char *role, const char *name, int depth, gpointer user_data);

/* Each question is a message to the app and back: what has no children is not asked for them. */
static gboolean
is_leaf (const char *role)
{
  return g_str_equal (role, "label") || g_str_equal (role, "image") || g_str_equal (role, "scroll bar");
}

/* Depth first; a visit that returns TRUE ends it. A node that goes away meanwhile is left out. */
static gboolean
walk (PdgUiNode *node, int depth, Visit visit, gpointer user_data)
{
  g_autofree char *role = atspi_accessible_get_role_name (node, NULL);
  g_autofree char *name = atspi_accessible_get_name (node, NULL);
  int n;

  if (role == NULL || name == NULL || depth > MAX_DEPTH)
    return FALSE;
  if (visit (node, role, name, depth, user_data))
    return TRUE;
  if (is_leaf (role))
    return FALSE;
  n = atspi_accessible_get_child_count (node, NULL);
  for (int i = 0; i < n; i++)
    {
      g_autoptr (PdgUiNode) child = atspi_accessible_get_child_at_index (node, i, NULL);

      if (child != NULL && walk (child, depth + 1, visit, user_data))
        return TRUE;
    }
  return FALSE;
}

static char *
dup_text_of (PdgUiNode *node)
{
  g_autoptr (PdgUiText) text = atspi_accessible_get_text_iface (node);
  int n = text != NULL ? atspi_text_get_character_count (text, NULL) : -1;

  return n >= 0 ? atspi_text_get_text (text, 0, n, NULL) : NULL;
}

static gboolean
print_node (PdgUiNode *node, const char *role, const char *name, int depth, gpointer user_data)
{
  g_autofree char *text = dup_text_of (node);

  g_string_append_printf (user_data, "%*s%s '%s'", depth * 2, "", role, name);
  if (text != NULL && strcmp (text, name) != 0)
    g_string_append_printf (user_data, " text '%s'", text);
  g_string_append_c (user_data, '\n');
  return FALSE;
}

/* Nothing is cached, as no cache was asked for. atspi_accessible_clear_cache() would walk the tree that libatspi 2.46 keeps
 * all the same, which can have circles while windows close: it then recurses until the stack is full. */
void
pdg_ui_take_messages (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
pdg_ui_fail (PdgUi *ui, const char *what, const char *detail)
{
  g_autoptr (GString) tree = g_string_new (NULL);
  g_autofree char *output = pdg_program_dup_output (ui->program);

  if (pdg_program_is_running (ui->program))
    {
      pdg_ui_take_messages ();
      walk (ui->application, 0, print_node, tree);
    }
  g_test_message ("the app said:\n%s\nand shows:\n%s", output, tree->str);
  g_error ("%s %s did not come about", what, detail);
}

void
pdg_ui_wait (PdgUi *ui, const char *what, PdgUiCheck check, gpointer user_data)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  while (!check (ui, user_data))
    {
      if (!pdg_program_is_running (ui->program) || g_get_monotonic_time () > deadline)
        pdg_ui_fail (ui, "This:", what);
      g_usleep (POLL_USEC);
    }
}

typedef struct
{
  const char *role;
  GPatternSpec *name;
  PdgUiNode *frame; /* the window the walk is in */
  PdgUiNode *found;
  guint n_found;
  gboolean all;
  gboolean hidden_too;
} Search;

gboolean
pdg_ui_get_extents (PdgUiNode *node, PdgUiRect *rect)
{
  g_autoptr (PdgUiComponent) component = atspi_accessible_get_component_iface (node);
  AtspiRect *extents = component != NULL ? atspi_component_get_extents (component, ATSPI_COORD_TYPE_WINDOW, NULL) : NULL;

  if (extents == NULL)
    return FALSE;
  *rect = (PdgUiRect) { extents->x, extents->y, extents->width, extents->height };
  g_free (extents);
  return rect->width > 0 && rect->height > 0;
}

static gboolean
is_same_or_inside (PdgUiNode *node, PdgUiNode *outer)
{
  g_autoptr (PdgUiNode) each = g_object_ref (node);

  for (int i = 0; each != NULL && i < MAX_DEPTH; i++)
    {
      PdgUiNode *parent;

      if (each == outer)
        return TRUE;
      parent = atspi_accessible_get_parent (each, NULL);
      g_object_unref (each);
      each = parent;
    }
  return FALSE;
}

/* GTK 4.8 also lists the pages of a stack that are not shown, at their old places, and no state tells. What lies at the
 * middle of a shown one is itself, something in it, or something around it that takes its clicks. */
static gboolean
is_shown (PdgUiNode *node, PdgUiNode *frame)
{
  g_autoptr (PdgUiComponent) component = atspi_accessible_get_component_iface (frame);
  g_autoptr (PdgUiNode) hit = NULL;
  PdgUiRect rect;

  if (!pdg_ui_get_extents (node, &rect))
    return FALSE;
  hit = atspi_component_get_accessible_at_point (component, rect.x + rect.width / 2, rect.y + rect.height / 2,
                                                 ATSPI_COORD_TYPE_WINDOW, NULL);
  return hit != NULL && (is_same_or_inside (hit, node) || is_same_or_inside (node, hit));
}

static gboolean
has_role (const char *role, const char *wanted)
{
  if (wanted == NULL)
    return TRUE;
  if (g_str_equal (wanted, "button"))
    return g_str_equal (role, "push button") || g_str_equal (role, "button") || g_str_equal (role, "toggle button");
  return g_str_equal (role, wanted);
}

static gboolean
match_node (PdgUiNode *node, const char *role, const char *name, int depth, gpointer user_data)
{
  Search *search = user_data;

  if (depth == 0)
    search->frame = node;
  if (!has_role (role, search->role) || !g_pattern_spec_match_string (search->name, name))
    return FALSE;
  if (depth > 0 && !search->hidden_too && !is_shown (node, search->frame))
    return FALSE;
  search->n_found++;
  if (search->found == NULL)
    search->found = g_object_ref (node);
  return !search->all;
}

static void
run_search (PdgUi *ui, Search *search, const char *role, const char *name)
{
  gboolean over = FALSE;
  int n;

  search->role = role;
  search->name = g_pattern_spec_new (name);
  pdg_ui_take_messages ();
  n = atspi_accessible_get_child_count (ui->application, NULL);
  for (int i = 0; i < n && !over; i++)
    {
      g_autoptr (PdgUiNode) frame = atspi_accessible_get_child_at_index (ui->application, i, NULL);

      over = frame != NULL && walk (frame, 0, match_node, search);
    }
  g_pattern_spec_free (search->name);
}

void
pdg_ui_expect_name (PdgUi *ui, PdgUiNode *node, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  for (;;)
    {
      g_autofree char *now = NULL;

      pdg_ui_take_messages ();
      now = atspi_accessible_get_name (node, NULL);
      if (g_strcmp0 (now, name) == 0)
        return;
      if (g_get_monotonic_time () > deadline)
        pdg_ui_fail (ui, "The name", name);
      g_usleep (POLL_USEC);
    }
}

PdgUiNode *
pdg_ui_lookup (PdgUi *ui, const char *role, const char *name)
{
  Search search = { 0 };

  run_search (ui, &search, role, name);
  return search.found;
}

guint
pdg_ui_count (PdgUi *ui, const char *role, const char *name)
{
  Search search = { .all = TRUE };

  run_search (ui, &search, role, name);
  g_clear_object (&search.found);
  return search.n_found;
}

static PdgUiNode *
find (PdgUi *ui, const char *role, const char *name, gboolean hidden_too)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  for (;;)
    {
      gboolean running = pdg_program_is_running (ui->program);
      Search search = { .hidden_too = hidden_too };

      if (running)
        run_search (ui, &search, role, name);
      if (search.found != NULL)
        return search.found;
      if (!running || g_get_monotonic_time () > deadline)
        pdg_ui_fail (ui, role != NULL ? role : "A widget", name);
      g_usleep (POLL_USEC);
    }
}

void
pdg_ui_expect_inside (PdgUi *ui, PdgUiNode *outer, const char *role, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;
  Search search = { .role = role, .name = g_pattern_spec_new (name), .hidden_too = TRUE };

  while (search.found == NULL)
    {
      if (g_get_monotonic_time () > deadline)
        pdg_ui_fail (ui, "Inside:", name);
      pdg_ui_take_messages ();
      walk (outer, 0, match_node, &search);
    }
  g_object_unref (search.found);
  g_pattern_spec_free (search.name);
}

PdgUiNode *
pdg_ui_find (PdgUi *ui, const char *role, const char *name)
{
  return find (ui, role, name, FALSE);
}

PdgUiNode *
pdg_ui_find_any (PdgUi *ui, const char *role, const char *name)
{
  return find (ui, role, name, TRUE);
}

void
pdg_ui_expect (PdgUi *ui, const char *role, const char *name)
{
  g_object_unref (pdg_ui_find (ui, role, name));
}

void
pdg_ui_expect_gone (PdgUi *ui, const char *role, const char *name)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  while (pdg_ui_count (ui, role, name) > 0)
    {
      if (g_get_monotonic_time () > deadline)
        pdg_ui_fail (ui, "The end of", name);
      g_usleep (POLL_USEC);
    }
}

char *
pdg_ui_dup_name (PdgUi *ui, const char *role, const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find (ui, role, name);

  return atspi_accessible_get_name (node, NULL);
}

char *
pdg_ui_dup_text (PdgUi *ui, const char *role, const char *name)
{
  g_autoptr (PdgUiNode) node = pdg_ui_find (ui, role, name);

  return dup_text_of (node);
}

/* ---- the side panel ---- */

char *
pdg_ui_dup_figure (PdgUi *ui, const char *label)
{
  g_autofree char *prefix = g_strconcat (label, ": ", NULL);
  g_autofree char *pattern = g_strconcat (prefix, "*", NULL);
  g_autoptr (PdgUiNode) node = pdg_ui_lookup (ui, NULL, pattern);
  g_autofree char *name = node != NULL ? atspi_accessible_get_name (node, NULL) : NULL;

  return name != NULL ? g_strdup (name + strlen (prefix)) : NULL;
}

void
pdg_ui_expect_figure (PdgUi *ui, const char *label, const char *value)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", label, value);

  pdg_ui_expect (ui, NULL, name);
}

/* ---- life ---- */

static void
write_desktop_settings (const char *config_dir, gboolean dark)
{
  g_autofree char *folder = g_build_filename (config_dir, "gtk-4.0", NULL);
  g_autofree char *path = g_build_filename (folder, "settings.ini", NULL);
  g_autofree char *text = g_strdup_printf ("[Settings]\ngtk-enable-animations=false\ngtk-cursor-blink=false\n"
                                           "gtk-application-prefer-dark-theme=%s\n",
                                           dark ? "true" : "false");
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
find_x_window (PdgUi *ui)
{
  g_autofree char *pid = g_strdup_printf ("%d", (int) pdg_program_get_pid (ui->program));
  const char *argv[] = { "xdotool", "search", "--onlyvisible", "--all", "--pid", pid, "--name", "ProductGraph", NULL };
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  for (;;)
    {
      g_autoptr (GSubprocess) process = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
      g_autofree char *output = NULL;

      g_assert_true (g_subprocess_communicate_utf8 (process, NULL, NULL, &output, NULL, NULL));
      if (*g_strstrip (output) != '\0')
        {
          g_strdelimit (output, "\n", '\0'); /* the first one */
          return g_steal_pointer (&output);
        }
      if (!pdg_program_is_running (ui->program) || g_get_monotonic_time () > deadline)
        {
          g_autofree char *said = pdg_program_dup_output (ui->program);

          g_error ("No window came; the app said:\n%s", said);
        }
      g_usleep (POLL_USEC);
    }
}

static PdgUiNode *
find_application (PdgUi *ui)
{
  gint64 deadline = g_get_monotonic_time () + PDG_UI_WAIT_USEC;

  for (;;)
    {
      g_autoptr (PdgUiNode) desktop = atspi_get_desktop (0);
      int n;

      pdg_ui_take_messages ();
      n = atspi_accessible_get_child_count (desktop, NULL);
      for (int i = 0; i < n; i++)
        {
          g_autoptr (PdgUiNode) each = atspi_accessible_get_child_at_index (desktop, i, NULL);

          if (each != NULL && (int) atspi_accessible_get_process_id (each, NULL) == (int) pdg_program_get_pid (ui->program))
            return g_steal_pointer (&each);
        }
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (POLL_USEC);
    }
}

PdgUi *
pdg_ui_start (const PdgUiOptions *options)
{
  static const PdgUiOptions none = { 0 };
  const PdgUiOptions *use = options != NULL ? options : &none;
  g_autoptr (GPtrArray) environment = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *port_option = NULL;
  PdgUi *ui = g_new0 (PdgUi, 1);

  ui->port = pdg_system_find_port ();
  ui->data_dir = use->data_dir != NULL ? g_strdup (use->data_dir) : pdg_system_make_dir ();
  ui->config_dir = use->config_dir != NULL ? g_strdup (use->config_dir) : pdg_system_make_dir ();
  if (use->config_dir == NULL)
    write_desktop_settings (ui->config_dir, use->dark);
  g_ptr_array_add (environment, g_strdup ("G_DEBUG=fatal-criticals"));
  g_ptr_array_add (environment, g_strdup ("GTK_A11Y=atspi"));
  g_ptr_array_add (environment, g_strdup_printf ("XDG_CONFIG_HOME=%s", ui->config_dir));
  g_ptr_array_add (environment, g_strdup_printf ("PRODUCTGRAPH_DATA_DIR=%s", ui->data_dir));
  g_ptr_array_add (environment, g_strdup_printf ("PORT=%u", ui->port));
  for (guint i = 0; use->environment != NULL && use->environment[i] != NULL; i++)
    g_ptr_array_add (environment, g_strdup (use->environment[i]));
  g_ptr_array_add (environment, NULL);
  ui->program = pdg_program_start ((const char *[]) { pdg_system_get_desktop (), NULL }, (const char *const *) environment->pdata);
  ui->window = find_x_window (ui);
  ui->application = find_application (ui);
  pdg_system_wait_ready (ui->program, ui->port, 200);
  return ui;
}

void
pdg_ui_wait_end (PdgUi *ui)
{
  g_autofree char *output = NULL;
  int status = pdg_program_wait (ui->program, PDG_SYSTEM_STOP_USEC);

  output = pdg_program_dup_output (ui->program);
  if (status != 0)
    g_error ("The app ended with %d:\n%s", status, output);
  ui->ended = TRUE;
  pdg_system_wait_postgres_gone (ui->data_dir);
  if (strstr (output, "CRITICAL") != NULL || strstr (output, "WARNING") != NULL)
    g_error ("The app said:\n%s", output);
}

void
pdg_ui_stop (PdgUi *ui)
{
  if (ui == NULL)
    return;
  if (!ui->ended)
    {
      pdg_program_signal (ui->program, SIGTERM);
      pdg_ui_wait_end (ui);
    }
  g_clear_object (&ui->application);
  g_free (ui->window);
  g_free (ui->data_dir);
  g_free (ui->config_dir);
  pdg_program_free (ui->program);
  g_free (ui);
}

PdgProgram *
pdg_ui_get_program (PdgUi *ui)
{
  return ui->program;
}

guint16
pdg_ui_get_port (PdgUi *ui)
{
  return ui->port;
}

const char *
pdg_ui_get_data_dir (PdgUi *ui)
{
  return ui->data_dir;
}

const char *
pdg_ui_get_config_dir (PdgUi *ui)
{
  return ui->config_dir;
}

char *
pdg_ui_make_demo_dir (int n_sessions)
{
  char *dir = pdg_system_make_dir ();
  g_autofree char *dir_variable = g_strdup_printf ("PRODUCTGRAPH_DATA_DIR=%s", dir);
  g_autofree char *sessions = g_strdup_printf ("%d", n_sessions);
  const char *arguments[] = { "demo", "--sessions", sessions, NULL };
  const char *environment[] = { dir_variable, NULL };
  g_autofree char *said = NULL;

  g_assert_cmpint (pdg_system_run (arguments, environment, &said, NULL), ==, 0);
  return dir;
}

PdgUi *
pdg_ui_start_demo (int n_sessions)
{
  g_autofree char *data_dir = pdg_ui_make_demo_dir (n_sessions);
  PdgUi *ui = pdg_ui_start (&(PdgUiOptions) { .data_dir = data_dir });

  pdg_ui_expect (ui, "frame", "Demo shop – ProductGraph");
  pdg_ui_expect (ui, "button", "Payment, * visits, * exit*");
  return ui;
}
