#include "config.h"
#include "http/pdg-http-head.h"

#include <string.h>

#define MAX_LENGTH_DIGITS 18

enum
{
  STATE_BEFORE,       /* nothing of the request yet */
  STATE_BEFORE_LF,    /* one empty line is forgiven there */
  STATE_REQUEST_LINE,
  STATE_LINE_START,
  STATE_NAME,
  STATE_VALUE,
  STATE_VALUE_LF,     /* after a carriage return */
  STATE_END_LF,
  STATE_BODY,
  STATE_UNWATCHED,
};

/* RFC 9110, 5.6.2: token. */
static gboolean
is_token_char (guchar c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static guint
take_length (PdgHttpHead *head)
{
  if (head->has_length || head->is_chunked || head->value_len == 0 || head->value_len > MAX_LENGTH_DIGITS ||
      strspn (head->value, "0123456789") != head->value_len)
    return 400;
  head->has_length = TRUE;
  head->length = g_ascii_strtoull (head->value, NULL, 10);
  return 0;
}

static guint
take_transfer_encoding (PdgHttpHead *head)
{
  if (head->has_length || head->is_chunked)
    return 400;
  if (g_ascii_strcasecmp (head->value, "chunked") != 0)
    return 501;
  head->is_chunked = TRUE;
  return 0;
}

/* A whole header line is in. */
static guint
take_header (PdgHttpHead *head)
{
  while (head->value_len > 0 && head->value_len < sizeof head->value &&
         (head->value[head->value_len - 1] == ' ' || head->value[head->value_len - 1] == '\t'))
    head->value_len--;
  head->value[MIN (head->value_len, sizeof head->value - 1)] = '\0';
  head->name[MIN (head->name_len, sizeof head->name - 1)] = '\0';
  head->state = STATE_LINE_START;
  if (head->name_len == strlen ("content-length") && g_ascii_strcasecmp (head->name, "content-length") == 0)
    return take_length (head);
  if (head->name_len == strlen ("transfer-encoding") && g_ascii_strcasecmp (head->name, "transfer-encoding") == 0)
    return take_transfer_encoding (head);
  return 0;
}

static void
take_end (PdgHttpHead *head)
{
  head->state = head->is_chunked ? STATE_UNWATCHED : head->length > 0 ? STATE_BODY : STATE_BEFORE;
  head->body_left = head->length;
  head->length = 0;
  head->head_bytes = 0;
  head->has_length = head->is_chunked = head->began = FALSE;
}

static guint
feed_before (PdgHttpHead *head, guchar c)
{
  if (c == '\r' && head->head_bytes == 1)
    head->state = STATE_BEFORE_LF;
  else if (c == '\n' && !head->began && (head->head_bytes == 1 || head->state == STATE_BEFORE_LF))
    head->state = STATE_BEFORE;
  else if (is_token_char (c) && head->state == STATE_BEFORE)
    {
      head->began = TRUE;
      head->state = STATE_REQUEST_LINE;
    }
  else
    return 400;
  return 0;
}

static guint
feed_line_start (PdgHttpHead *head, guchar c)
{
  if (c == '\n')
    take_end (head);
  else if (c == '\r')
    head->state = STATE_END_LF;
  else if (is_token_char (c))
    {
      head->state = STATE_NAME;
      head->name[0] = c;
      head->name_len = 1;
      head->value_len = 0;
    }
  else /* among them the folded lines of old */
    return 400;
  return 0;
}

static guint
feed_name (PdgHttpHead *head, guchar c)
{
  if (c == ':')
    head->state = STATE_VALUE;
  else if (!is_token_char (c))
    return 400;
  else
    {
      if (head->name_len < sizeof head->name)
        head->name[head->name_len] = c;
      head->name_len++;
    }
  return 0;
}

static guint
feed_value (PdgHttpHead *head, guchar c)
{
  if (c == '\n')
    return take_header (head);
  if (c == '\r')
    head->state = STATE_VALUE_LF;
  else if ((c < 0x20 && c != '\t') || c == 0x7f)
    return 400;
  else if (head->value_len > 0 || (c != ' ' && c != '\t'))
    {
      if (head->value_len < sizeof head->value)
        head->value[head->value_len] = c;
      head->value_len++;
    }
  return 0;
}

static guint
feed_byte (PdgHttpHead *head, guchar c)
{
  switch (head->state)
    {
    case STATE_BEFORE:
    case STATE_BEFORE_LF:
      return feed_before (head, c);
    case STATE_REQUEST_LINE:
      if (c == '\n')
        head->state = STATE_LINE_START;
      return c == '\n' || c == '\r' || c == '\t' || (c >= 0x20 && c != 0x7f) ? 0 : 400;
    case STATE_LINE_START:
      return feed_line_start (head, c);
    case STATE_NAME:
      return feed_name (head, c);
    case STATE_VALUE:
      return feed_value (head, c);
    case STATE_VALUE_LF:
      return c == '\n' ? take_header (head) : 400;
    case STATE_END_LF:
      if (c != '\n')
        return 400;
      take_end (head);
      return 0;
    default:
      g_return_val_if_reached (400);
    }
}

guint
pdg_http_head_feed (PdgHttpHead *head, const char *data, gsize len, gsize max_head_bytes)
{
  gsize i = 0;

  while (i < len && head->state != STATE_UNWATCHED)
    {
      guint status;

      if (head->state == STATE_BODY)
        {
          gsize skipped = MIN (head->body_left, len - i);

          head->body_left -= skipped;
          i += skipped;
          if (head->body_left == 0)
            head->state = STATE_BEFORE;
          continue;
        }
      if (++head->head_bytes > max_head_bytes)
        return 431;
      status = feed_byte (head, data[i++]);
      if (status != 0)
        return status;
    }
  return 0;
}

gboolean
pdg_http_head_is_inside (const PdgHttpHead *head)
{
  return head->head_bytes > 0;
}
