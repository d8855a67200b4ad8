#!/usr/bin/env bash
# Every page of the browser tests' list, as the portal serves it, through the Nu HTML checker. A warning fails too.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/tools.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
.venv/bin/python -m diaspora_portal.tests.browser.saved_pages "$folder" >/dev/null
# Two habits of Django's administration: rows without a link to change, and the empty choice of a search field.
java -jar $npm/node_modules/vnu-jar/build/dist/vnu.jar --Werror --stdout --filterpattern \
    '.*(table row was 2 columns wide|“option” without attribute “label” must not be empty).*' "$folder" | sed "s|file:$folder/||"
echo "HTML: $(find "$folder" -name '*.html' | wc -l) pages are valid."
