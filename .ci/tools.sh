# Sourced by slow checks: Node and what runs on it, in var/npm as the lock file has them. Says where they are in $npm.
npm=var/npm
if ! cmp -s .ci/package-lock.json $npm/installed.json; then
    mkdir -p $npm
    cp .ci/package.json .ci/package-lock.json $npm/
    (cd $npm && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
    cp .ci/package-lock.json $npm/installed.json
fi
