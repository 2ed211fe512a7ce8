/* Runs one LLVMFuzzerTestOneInput over its corpus and over mutations of it, with any compiler; prints TAP. A crash or a hang leaves
 * the input in the file that the last line before it names. `meson setup -Dfuzz=true` with clang builds the same targets for libFuzzer.
 *
 * Usage: fuzz-NAME CORPUS_FOLDER [N_MUTATIONS [SEED]], or fuzz-NAME FILE to run one input. */
#include "config.h"

#include <fcntl.h>
#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_INPUT_BYTES 65536
#define HANG_SECONDS 20

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* What grammars of this house react to; a mutation puts one of them somewhere. */
static const char *const tokens[] = {
  "{", "}", "[", "]", "(", ")", "\"", "\\", ":", ",", "null", "true", "-0", "1e999", "-", ".", "0", "9223372036854775808",
  "\\u0000", "\\ud800", "\\udc00", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xef\xbb\xbf", "...", "@", "$", "#", "\"\"\"",
  "!", "|", "&", "=", "{{{{{{{{", "[[[[[[[[", "query", "fragment", "on", "__typename", "\"events\"", "\"event_id\":", "%00", "\r\n",
  "2024-02-30T25:61:61Z", "+23:59",
};

typedef struct
{
  uint8_t *data;
  size_t size;
} Input;

/* The current input, in a file, so that it outlives a crash. */
static uint8_t *record;
static char *record_path;

static void
open_record (const char *name)
{
  g_autofree char *base = g_path_get_basename (name);
  int fd;

  record_path = g_strdup_printf ("%s/%s-%d.input", g_get_tmp_dir (), base, (int) getpid ());
  fd = open (record_path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, MAX_INPUT_BYTES), ==, 0);
  record = mmap (NULL, MAX_INPUT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  g_assert_true (record != MAP_FAILED);
  close (fd);
  g_print ("# the input under test is in %s\n", record_path);
}

static void
run_input (const uint8_t *data, size_t size)
{
  g_autofree uint8_t *copy = NULL;

  /* A copy of the exact size, so that a sanitizer sees a read behind the end. */
  copy = g_memdup2 (data, MAX (size, 1));
  memset (record, 0, MAX_INPUT_BYTES);
  memcpy (record, data, MIN (size, MAX_INPUT_BYTES));
  alarm (HANG_SECONDS);
  LLVMFuzzerTestOneInput (copy, size);
  alarm (0);
}

static void
load_file (GArray *corpus, const char *path)
{
  g_autoptr (GError) error = NULL;
  Input input;
  char *text;

  if (!g_file_get_contents (path, &text, &input.size, &error))
    g_error ("%s", error->message);
  input.data = (uint8_t *) text;
  input.size = MIN (input.size, MAX_INPUT_BYTES);
  g_array_append_val (corpus, input);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
input_clear (gpointer data)
{
  Input *input = data;

  g_free (input->data);
}

static GArray *
corpus_new (void)
{
  GArray *corpus = g_array_new (FALSE, FALSE, sizeof (Input));

  g_array_set_clear_func (corpus, input_clear);
  return corpus;
}

static GArray *
load_corpus (const char *folder)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  GArray *corpus = corpus_new ();
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    load_file (corpus, g_ptr_array_index (names, i));
  return corpus;
}

/* Replaces @cut bytes at @at by @add bytes of @from. */
static size_t
replace_bytes (uint8_t *data, size_t size, size_t at, size_t cut, const uint8_t *from, size_t add)
{
  g_autofree uint8_t *insert = g_memdup2 (from, MAX (add, 1));

  if (size - cut + add > MAX_INPUT_BYTES)
    return size;
  memmove (data + at + add, data + at + cut, size - at - cut);
  memcpy (data + at, insert, add);
  return size - cut + add;
}

static size_t
mutate_once (GRand *rand, GArray *corpus, uint8_t *data, size_t size)
{
  size_t at = (size_t) g_rand_int_range (rand, 0, (gint32) size + 1);
  size_t left = size - at;
  size_t span = left > 0 ? (size_t) g_rand_int_range (rand, 0, (gint32) MIN (left, 64) + 1) : 0;
  const char *token = tokens[g_rand_int_range (rand, 0, G_N_ELEMENTS (tokens))];
  const Input *other = &g_array_index (corpus, Input, g_rand_int_range (rand, 0, (gint32) corpus->len));
  size_t from;

  switch (g_rand_int_range (rand, 0, 8))
    {
    case 0:
      if (left > 0)
        data[at] ^= (uint8_t) (1u << g_rand_int_range (rand, 0, 8));
      return size;
    case 1:
      if (left > 0)
        data[at] = (uint8_t) g_rand_int_range (rand, 0, 256);
      return size;
    case 2:
      return replace_bytes (data, size, at, span, (const uint8_t *) "", 0);
    case 3:
      return replace_bytes (data, size, at, 0, data + at, span);
    case 4:
      return at;
    case 5:
      from = (size_t) g_rand_int_range (rand, 0, (gint32) other->size + 1);
      return replace_bytes (data, size, at, span, other->data + from, MIN (other->size - from, 256));
    default:
      return replace_bytes (data, size, at, g_rand_boolean (rand) ? span : 0, (const uint8_t *) token, strlen (token));
    }
}

static void
run_mutations (GArray *corpus, guint n_mutations, guint32 seed)
{
  g_autofree uint8_t *data = g_malloc (MAX_INPUT_BYTES);
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint i = 0; i < n_mutations; i++)
    {
      const Input *start = &g_array_index (corpus, Input, i % corpus->len);
      size_t size = start->size;

      memcpy (data, start->data, size);
      for (int n = g_rand_int_range (rand, 1, 9); n > 0; n--)
        size = mutate_once (rand, corpus, data, size);
      run_input (data, size);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GArray) corpus = NULL;
  guint n_mutations = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : 20000;
  guint32 seed = argc > 3 ? (guint32) g_ascii_strtoull (argv[3], NULL, 10) : 1;
  g_autofree char *base = g_path_get_basename (argv[0]);

  if (argc < 2)
    g_error ("usage: %s CORPUS_FOLDER [N_MUTATIONS [SEED]] | FILE", base);
  open_record (argv[0]);
  if (g_file_test (argv[1], G_FILE_TEST_IS_REGULAR))
    {
      corpus = corpus_new ();
      load_file (corpus, argv[1]);
      n_mutations = 0;
    }
  else
    {
      corpus = load_corpus (argv[1]);
    }
  g_print ("1..%d\n", n_mutations > 0 ? 2 : 1);
  for (guint i = 0; i < corpus->len; i++)
    run_input (g_array_index (corpus, Input, i).data, g_array_index (corpus, Input, i).size);
  g_print ("%s 1 /fuzz/%s/corpus - %u inputs\n", corpus->len > 0 ? "ok" : "not ok", base, corpus->len);
  if (n_mutations > 0 && corpus->len > 0)
    {
      run_mutations (corpus, n_mutations, seed);
      g_print ("ok 2 /fuzz/%s/mutations - %u from seed %u\n", base, n_mutations, seed);
    }
  unlink (record_path);
  g_free (record_path);
  return corpus->len > 0 ? 0 : 1;
}
