#!/bin/sh
# Installs the Debian packages that the tests use as real partners and witnesses. Starts no service.
# Does nothing when they are there; says so and goes on when it may not install.
set -eu

missing=""
for package in openssh-server openssh-client libxml2-utils proftpd-core proftpd-mod-crypto strace systemd postgresql-client; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed (needs root and apt-get):$missing; the tests that use them skip" >&2
    exit 0
fi

# invoke-rc.d asks this file before it starts anything; 101 means "forbidden by policy".
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of words
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 $missing >/dev/null
