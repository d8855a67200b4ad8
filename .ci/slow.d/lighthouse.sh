#!/usr/bin/env bash
# Lighthouse on home, directory and a profile: accessibility and best practices must be 100, performance is recorded.
set -euo pipefail
cd "$(dirname "$0")/../.."
. .ci/tools.sh
exec .venv/bin/python -m diaspora_portal.tests.browser.lighthouse $npm
