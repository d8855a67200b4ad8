#!/usr/bin/env bash
# Workers killed, Redis emptied, a mail server that breaks off: the quick part, and the plain way that must fail it.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec ./portal torture
