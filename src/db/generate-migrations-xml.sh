#!/bin/sh
# Writes the GResource list of all migrations, only when it changed, so that a new file triggers a rebuild and nothing else does.
# usage: generate-migrations-xml.sh FOLDER OUTPUT
set -eu
new="$2.new"
{
  echo '<?xml version="1.0" encoding="UTF-8"?>'
  echo '<gresources>'
  echo '  <gresource prefix="/org/productgraph/migrations">'
  for file in "$1"/[0-9][0-9][0-9][0-9]_*.sql; do
    [ -e "$file" ] && echo "    <file>$(basename "$file")</file>"
  done
  echo '  </gresource>'
  echo '</gresources>'
} > "$new"
if cmp -s "$new" "$2"; then
  rm "$new"
else
  mv "$new" "$2"
fi
