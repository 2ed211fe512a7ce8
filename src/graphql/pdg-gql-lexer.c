#include "config.h"
#include "graphql/pdg-gql-lexer-private.h"

#include <string.h>

void
pdg_gql_lexer_init (PdgGqlLexer *lexer,
                    const char  *text,
                    gsize        len,
                    PdgArena    *arena)
{
  *lexer = (PdgGqlLexer) { .text = text, .len = len, .line = 1, .arena = arena };
  if (!g_utf8_validate_len (text, len, NULL))
    {
      lexer->error = g_strdup ("The document is not UTF-8 text, or contains U+0000.");
      lexer->error_location = (PdgGqlLocation) { 1, 1 };
    }
}

void
pdg_gql_lexer_clear (PdgGqlLexer *lexer)
{
  g_clear_pointer (&lexer->error, g_free);
}

static inline int
peek (const PdgGqlLexer *lexer,
      gsize              ahead)
{
  return lexer->at + ahead < lexer->len ? (guchar) lexer->text[lexer->at + ahead] : -1;
}

static inline PdgGqlLocation
here (const PdgGqlLexer *lexer)
{
  return (PdgGqlLocation) { lexer->line, (guint) (lexer->at - lexer->line_start - lexer->extra + 1) };
}

G_GNUC_PRINTF (2, 3) static gboolean
fail (PdgGqlLexer *lexer,
      const char  *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_free (lexer->error);
  lexer->error = g_strdup_vprintf (format, args);
  va_end (args);
  lexer->error_location = here (lexer);
  return FALSE;
}

static gboolean
fail_char (PdgGqlLexer *lexer,
           const char  *what)
{
  int c = peek (lexer, 0);

  if (c < 0)
    return fail (lexer, "%s<EOF>.", what);
  if (c == '"')
    return fail (lexer, "%s'\"'.", what);
  if (c >= 0x20 && c < 0x7f)
    return fail (lexer, "%s\"%c\".", what, c);
  return fail (lexer, "%sU+%04X.", what, g_utf8_get_char (lexer->text + lexer->at));
}

/* Past one byte; only text inside strings, comments and BOMs has more than one to a character. Columns count UTF-16
 * code units, as editors and other implementations do: the first of four bytes begins two of them. */
static inline void
skip_byte (PdgGqlLexer *lexer)
{
  guchar byte = (guchar) lexer->text[lexer->at];

  if ((byte & 0xc0) == 0x80)
    lexer->extra++;
  else if (byte >= 0xf0)
    lexer->extra--;
  lexer->at++;
}

static void
skip_line_end (PdgGqlLexer *lexer)
{
  lexer->at += peek (lexer, 0) == '\r' && peek (lexer, 1) == '\n' ? 2 : 1;
  lexer->line++;
  lexer->line_start = lexer->at;
  lexer->extra = 0;
}

static void
skip_ignored (PdgGqlLexer *lexer)
{
  for (;;)
    switch (peek (lexer, 0))
      {
      case ' ':
      case '\t':
      case ',':
        lexer->at++;
        break;
      case '\n':
      case '\r':
        skip_line_end (lexer);
        break;
      case '#':
        while (peek (lexer, 0) >= 0 && peek (lexer, 0) != '\n' && peek (lexer, 0) != '\r')
          skip_byte (lexer);
        break;
      case 0xef:
        if (peek (lexer, 1) != 0xbb || peek (lexer, 2) != 0xbf)
          return;
        for (guint i = 0; i < 3; i++)
          skip_byte (lexer);
        break;
      default:
        return;
      }
}

static inline gboolean
is_name_start (int c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static inline gboolean
is_digit (int c)
{
  return c >= '0' && c <= '9';
}

static gboolean
read_digits (PdgGqlLexer *lexer)
{
  if (!is_digit (peek (lexer, 0)))
    return fail_char (lexer, "Invalid number, expected digit but got: ");
  while (is_digit (peek (lexer, 0)))
    lexer->at++;
  return TRUE;
}

static gboolean
read_number (PdgGqlLexer *lexer,
             PdgGqlToken *token)
{
  gsize start = lexer->at;

  token->kind = PDG_GQL_TOKEN_INT;
  if (peek (lexer, 0) == '-')
    lexer->at++;
  if (peek (lexer, 0) == '0')
    {
      lexer->at++;
      if (is_digit (peek (lexer, 0)))
        return fail_char (lexer, "Invalid number, unexpected digit after 0: ");
    }
  else if (!read_digits (lexer))
    return FALSE;
  if (peek (lexer, 0) == '.')
    {
      token->kind = PDG_GQL_TOKEN_FLOAT;
      lexer->at++;
      if (!read_digits (lexer))
        return FALSE;
    }
  if (peek (lexer, 0) == 'e' || peek (lexer, 0) == 'E')
    {
      token->kind = PDG_GQL_TOKEN_FLOAT;
      lexer->at++;
      if (peek (lexer, 0) == '+' || peek (lexer, 0) == '-')
        lexer->at++;
      if (!read_digits (lexer))
        return FALSE;
    }
  if (peek (lexer, 0) == '.' || is_name_start (peek (lexer, 0)))
    return fail_char (lexer, "Invalid number, expected digit but got: ");
  token->text = pdg_arena_strndup (lexer->arena, lexer->text + start, lexer->at - start);
  return TRUE;
}

static gboolean
read_hex4 (const PdgGqlLexer *lexer,
           gsize              ahead,
           guint             *code)
{
  *code = 0;
  for (gsize i = 0; i < 4; i++)
    {
      int c = peek (lexer, ahead + i);

      if (c < 0 || !g_ascii_isxdigit ((char) c))
        return FALSE;
      *code = *code << 4 | (guint) g_ascii_xdigit_value ((char) c);
    }
  return TRUE;
}

static gsize
read_braced_escape (const PdgGqlLexer *lexer,
                    gunichar          *code)
{
  gsize size = 3;

  *code = 0;
  for (; size < 12; size++)
    {
      int c = peek (lexer, size);

      if (c == '}')
        return size > 3 ? size + 1 : 0;
      if (c < 0 || !g_ascii_isxdigit ((char) c))
        return 0;
      *code = *code << 4 | (guint) g_ascii_xdigit_value ((char) c);
    }
  return 0;
}

/* Bytes of the escape at lexer->at and its character; 0 when it is none. */
static gsize
read_unicode_escape (const PdgGqlLexer *lexer,
                     gunichar          *code)
{
  guint low;
  gsize size = 6;

  if (peek (lexer, 2) == '{')
    size = read_braced_escape (lexer, code);
  else if (!read_hex4 (lexer, 2, code))
    return 0;
  else if (*code >= 0xd800 && *code < 0xdc00)
    {
      if (peek (lexer, 6) != '\\' || peek (lexer, 7) != 'u' || !read_hex4 (lexer, 8, &low) || low < 0xdc00 || low > 0xdfff)
        return 0;
      *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
      size = 12;
    }
  if (*code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
    return 0;
  return size;
}

static gboolean
read_escape (PdgGqlLexer *lexer,
             char       **out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  int c = peek (lexer, 1);
  const char *simple = c > 0 ? strchr (from, c) : NULL;
  gunichar code = 0;
  gsize size;

  if (simple != NULL)
    {
      *(*out)++ = to[simple - from];
      lexer->at += 2;
      return TRUE;
    }
  if (c != 'u')
    {
      const char *end = lexer->text + MIN (lexer->at + 1, lexer->len);

      return fail (lexer, "Invalid character escape sequence: \"\\%.*s\".",
                   c < 0 ? 0 : (int) (g_utf8_next_char (end) - end), end);
    }
  size = read_unicode_escape (lexer, &code);
  if (size == 0)
    return fail (lexer, "Invalid Unicode escape sequence.");
  if (code == 0)
    return fail (lexer, "U+0000 is not supported in strings.");
  *out += g_unichar_to_utf8 (code, *out);
  lexer->at += size;
  return TRUE;
}

/* Upper bound of the bytes of the string at lexer->at: to the next unescaped quote or line end. */
static gsize
measure_string (const PdgGqlLexer *lexer)
{
  gsize i = lexer->at;

  for (; i < lexer->len && lexer->text[i] != '"' && lexer->text[i] != '\n' && lexer->text[i] != '\r'; i++)
    if (lexer->text[i] == '\\')
      i++;
  return MIN (i, lexer->len) - lexer->at;
}

static gboolean
read_string (PdgGqlLexer *lexer,
             PdgGqlToken *token)
{
  char *out;

  lexer->at++;
  token->kind = PDG_GQL_TOKEN_STRING;
  token->text = out = pdg_arena_alloc (lexer->arena, measure_string (lexer) + 8);
  for (;;)
    {
      int c = peek (lexer, 0);

      if (c < 0 || c == '\n' || c == '\r')
        return fail (lexer, "Unterminated string.");
      if (c == '"')
        break;
      if (c == '\\')
        {
          if (!read_escape (lexer, &out))
            return FALSE;
          continue;
        }
      *out++ = (char) c;
      skip_byte (lexer);
    }
  lexer->at++;
  *out = '\0';
  return TRUE;
}

/* The lines of a block string without their common indent and without blank lines at both ends (spec BlockStringValue).
 * In place: nothing gets longer. */
static const char *
dedent (char *raw)
{
  const char *first = NULL, *last = raw; /* the first line that is not blank, the end of the last one */
  gsize common = G_MAXSIZE;
  char *out = raw;

  for (const char *line = raw, *end; line != NULL; line = *end != '\0' ? end + 1 : NULL)
    {
      gsize indent = strspn (line, " \t");

      end = strchrnul (line, '\n');
      if (line + indent == end)
        continue;
      first = first != NULL ? first : line;
      last = end;
      if (line != raw)
        common = MIN (common, indent);
    }
  for (const char *line = first, *end; line != NULL; line = end < last ? end + 1 : NULL)
    {
      gsize len, cut;

      end = strchrnul (line, '\n');
      len = (gsize) (end - line);
      cut = line == raw ? 0 : MIN (common, len);
      memmove (out, line + cut, len - cut);
      out += len - cut;
      if (end < last)
        *out++ = '\n';
    }
  *out = '\0';
  return raw;
}

static gboolean
read_block_string (PdgGqlLexer *lexer,
                   PdgGqlToken *token)
{
  const char *end = lexer->text + lexer->at + 3;
  char *raw, *out;

  while ((end = memchr (end, '"', (gsize) (lexer->text + lexer->len - end))) != NULL)
    if (lexer->text + lexer->len - end < 3 || end[1] != '"' || end[2] != '"')
      end++;
    else if (end[-1] == '\\')
      end += 3;
    else
      break;
  if (end == NULL)
    {
      while (peek (lexer, 0) >= 0)
        if (peek (lexer, 0) == '\n' || peek (lexer, 0) == '\r')
          skip_line_end (lexer);
        else
          skip_byte (lexer);
      return fail (lexer, "Unterminated string.");
    }
  lexer->at += 3;
  raw = out = pdg_arena_alloc (lexer->arena, (gsize) (end - lexer->text) - lexer->at + 1);
  while (lexer->text + lexer->at < end)
    if (peek (lexer, 0) == '\n' || peek (lexer, 0) == '\r')
      {
        skip_line_end (lexer);
        *out++ = '\n';
      }
    else if (peek (lexer, 0) == '\\' && peek (lexer, 1) == '"' && peek (lexer, 2) == '"' && peek (lexer, 3) == '"')
      {
        memcpy (out, "\"\"\"", 3);
        out += 3;
        lexer->at += 4;
      }
    else
      {
        *out++ = lexer->text[lexer->at];
        skip_byte (lexer);
      }
  *out = '\0';
  lexer->at += 3;
  token->kind = PDG_GQL_TOKEN_BLOCK_STRING;
  token->text = dedent (raw);
  return TRUE;
}

static gboolean
read_punctuator (PdgGqlLexer *lexer,
                 PdgGqlToken *token)
{
  int c = peek (lexer, 0);
  gboolean spread = c == '.' && peek (lexer, 1) == '.' && peek (lexer, 2) == '.';

  if (!spread && (c <= 0 || strchr ("!$&():=@[]{|}", c) == NULL))
    return c == '\'' ? fail (lexer, "Unexpected single quote character ('), did you mean to use a double quote (\")?")
                     : fail_char (lexer, "Unexpected character: ");
  token->kind = PDG_GQL_TOKEN_PUNCTUATOR;
  token->punctuator = (char) c;
  lexer->at += spread ? 3 : 1;
  return TRUE;
}

gboolean
pdg_gql_lexer_next (PdgGqlLexer *lexer,
                    PdgGqlToken *token)
{
  gsize start;
  int c;

  if (lexer->error != NULL)
    return FALSE;
  skip_ignored (lexer);
  c = peek (lexer, 0);
  *token = (PdgGqlToken) { .kind = PDG_GQL_TOKEN_EOF, .location = here (lexer) };
  if (c < 0)
    return TRUE;
  if (is_digit (c) || c == '-')
    return read_number (lexer, token);
  if (c == '"')
    return peek (lexer, 1) == '"' && peek (lexer, 2) == '"' ? read_block_string (lexer, token) : read_string (lexer, token);
  if (!is_name_start (c))
    return read_punctuator (lexer, token);
  start = lexer->at;
  while (is_name_start (peek (lexer, 0)) || is_digit (peek (lexer, 0)))
    lexer->at++;
  token->kind = PDG_GQL_TOKEN_NAME;
  token->text = pdg_arena_strndup (lexer->arena, lexer->text + start, lexer->at - start);
  return TRUE;
}
