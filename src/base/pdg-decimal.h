#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PDG_DECIMAL_BYTES G_ASCII_DTOSTR_BUF_SIZE

/* Writes the shortest of the decimals of 15 to 17 digits that are read back as the same number, as in JSON whatever the locale; returns
 * @text. @value is finite. Any thread. */
const char *pdg_decimal_format (double value, char text[PDG_DECIMAL_BYTES]);

G_END_DECLS
