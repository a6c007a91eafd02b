#!/bin/sh
# Installs the servers of others that `npm run bench` compares with, from Debian's packages. Run it as root.
# Their services do not run: the bench starts them itself, with its own configuration and folders.
set -eu
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# Debian asks this before it starts what it installs; 101 means "do not".
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get install -y --no-install-recommends ejabberd erlang-p1-pgsql prosody lua-dbi-postgresql
if [ -d /run/systemd/system ]; then
  systemctl disable --now ejabberd prosody epmd.service epmd.socket || true
else
  rm -f /etc/systemd/system/*.wants/ejabberd.service /etc/systemd/system/*.wants/prosody.service /etc/systemd/system/*.wants/epmd.*
fi
