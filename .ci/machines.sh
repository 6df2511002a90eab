# Other runtimes and real servers. Sourced by .ci/run; uses cache and here.

# tool PACKAGE@VERSION COMMAND: the path of a command that comes in an npm package.
tool() {
  printf '%s/%s/node_modules/.bin/%s' "$cache" "$1" "$2"
}

# Installs such a package in a folder of its own: several bring a command of the same name.
install_tool() {
  local package=$1 command=$2 folder=$cache/$1
  if "$(tool "$package" "$command")" --version 2>/dev/null; then return; fi
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-save --no-package-lock "$package"
  "$(tool "$package" "$command")" --version
}

# with_node MAJOR COMMAND…: the command with that Node first in the path.
with_node() {
  local bin
  bin=$(dirname "$(tool "node-$(node -p 'process.platform + "-" + process.arch')@$1" node)")
  shift
  PATH=$bin:$PATH timeout --kill-after=10 600 "$@"
}

# The packages of .ci/apt-packages, without starting the servers they bring: the tests start their own.
install_debian_packages() {
  local packages
  mapfile -t packages <"$here/.ci/apt-packages"
  if dpkg --status "${packages[@]}" >/dev/null 2>&1; then return; fi
  block_daemons
  as_root apt-get --option Acquire::Retries=3 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get --option Acquire::Retries=3 install --yes --no-install-recommends "${packages[@]}"
}

policy=/usr/sbin/policy-rc.d

block_daemons() {
  if [ -e "$policy" ]; then return; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod +x "$policy"
  touch "$work/daemons-blocked"
}

unblock_daemons() {
  if [ -e "$work/daemons-blocked" ]; then as_root rm -f "$policy"; fi
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo --non-interactive "$@"; fi
}
