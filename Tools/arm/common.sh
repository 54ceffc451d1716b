# Shared by the scripts beside it: where setup puts things, how the compiler is entered, how a
# program is emulated. To be sourced.
#
# SWIFTLET_CACHE names another folder than ~/.cache/swiftlet.
#
# shellcheck disable=SC2034  # not every script uses all

# shellcheck source=../usage.sh
. "$(dirname "${BASH_SOURCE[0]}")/../usage.sh"

package=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# The number is that of setup's recipe: to be raised when setup makes something else, so that
# checkouts of different versions do not unmake each other's parts.
cache=${SWIFTLET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/swiftlet}/arm-1
compiler_root=$cache/compiler
sysroot=$cache/sysroot
armhf_sysroot=$cache/sysroot-armhf
qemu_root=$cache/qemu
# LiteRT and what it runs on, there after setup --peer only.
peer_root=$cache/peer
# The boards' processors: Pi 3 and Zero 2 W, Pi 4, Pi 5.
cores=(cortex-a53 cortex-a72 cortex-a76)
# Where the Embedded programs run: 32-bit boards' processors (Pi 2 has the first), and one of 64 bits.
embedded_cores=(cortex-a7 cortex-a15 cortex-a53)
# Build products for ARM, which are those of an ordinary build elsewhere in .build.
arm_scratch=${SWIFTLET_ARM_SCRATCH:-$package/.build/arm}

# Arguments of a build without the library of regular expressions, which nothing here uses.
without_regular_expressions=(
  -Xswiftc -Xfrontend -Xswiftc -disable-implicit-string-processing-module-import
)

fail() {
  echo "$*" >&2
  exit 1
}

# Whether setup has been run, and by a version that knew all parts.
is_ready() {
  local part
  for part in ready compiler sysroot sysroot-armhf sdks qemu; do
    [ -e "$cache/$part" ] || return 1
  done
}

# Ends the script unless setup has been run.
require_setup() {
  is_ready || fail "The cross compiler is not there: run Tools/arm/setup first."
}

# Runs a command, in the package's folder, inside the compiler's root. The package, its git folder,
# the cache and $SWIFTLET_DATA stand there at the same paths as outside.
in_compiler() {
  local binds=("$package" "$cache") git_folder data=${SWIFTLET_DATA:-} user=()
  [ "$(id -u)" -eq 0 ] || user=(--map-root-user)
  git_folder=$(git -C "$package" rev-parse --path-format=absolute --git-common-dir 2>/dev/null || true)
  if [ -n "$git_folder" ] && [[ $git_folder != "$package"/* ]]; then binds+=("$git_folder"); fi
  if [ -z "$data" ] && [ -d "$package/../shared/data" ]; then data=$package/../shared/data; fi
  if [ -n "$data" ] && [ -d "$data" ]; then
    data=$(cd "$data" && pwd -P)
    binds+=("$data")
  fi
  mkdir -p "$arm_scratch"
  case $arm_scratch in "$package"/*) ;; *) binds+=("$arm_scratch") ;; esac
  # shellcheck disable=SC2016
  ROOT=$compiler_root DIR=$package BINDS=$(printf '%s\n' "${binds[@]}") DATA=$data \
    unshare --mount "${user[@]}" bash -euc '
      mount --make-rprivate /
      for name in proc dev sys; do mount --rbind "/$name" "$ROOT/$name"; done
      mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
      while IFS= read -r path; do
        mkdir -p "$ROOT$path"
        mount --rbind "$path" "$ROOT$path"
      done <<< "$BINDS"
      exec chroot "$ROOT" /usr/bin/env -i PATH=/usr/bin:/usr/sbin HOME=/root LANG=C.UTF-8 \
        TERM="${TERM:-dumb}" SWIFTLET_DATA="$DATA" GIT_CONFIG_COUNT=1 \
        GIT_CONFIG_KEY_0=safe.directory "GIT_CONFIG_VALUE_0=*" \
        /bin/bash -c "cd \"\$1\" && shift && exec \"\$@\"" in-compiler "$DIR" "$@"' in-compiler "$@"
}

# emulate CORE PROGRAM [ARGUMENT…]: runs an aarch64 program on a processor model.
emulate() {
  local core=$1
  shift
  "$cache/qemu-aarch64" -cpu "$core" -L "$sysroot" "$@"
}

# Builds swiftlet-run as one static file for boards, unless it is up to date, and prints its path.
static_swiftlet_run() {
  local scratch=$package/.build/arm-static
  SWIFTLET_ARM_SCRATCH=$scratch "$package/Tools/arm/swift" build -c release \
    --product swiftlet-run --static-swift-stdlib -Xswiftc -static-executable \
    "${without_regular_expressions[@]}" \
    -Xlinker -lz -Xlinker -lm -Xlinker --gc-sections -Xlinker --strip-all >&2 || return
  echo "$scratch/release/swiftlet-run"
}

# emulate_embedded CORE PROGRAM [ARGUMENT…]: runs a program that build-embedded has made.
emulate_embedded() {
  local core=$1 program=$2
  shift 2
  case $core in
    cortex-a7 | cortex-a15) "$cache/qemu-arm" -cpu "$core" "$package/.build/embedded/armv7/$program" "$@" ;;
    *) "$cache/qemu-aarch64" -cpu "$core" "$package/.build/embedded/aarch64/$program" "$@" ;;
  esac
}

# Ends the script unless host_swiftlet has a program or what to build it with.
require_host_swift() {
  if [ -n "${SWIFTLET_PROGRAM:-}" ]; then
    { [ -f "$SWIFTLET_PROGRAM" ] && [ -x "$SWIFTLET_PROGRAM" ]; } || fail "$SWIFTLET_PROGRAM: not a program"
  else
    command -v swift > /dev/null ||
      fail "swift: not found (Tools/setup installs it on Debian 13; elsewhere install Swift 6.0 or later)"
  fi
}

# Prints the path of this machine's own swiftlet, built if need be; SWIFTLET_PROGRAM names one that is.
host_swiftlet() {
  require_host_swift
  if [ -n "${SWIFTLET_PROGRAM:-}" ]; then
    realpath "$SWIFTLET_PROGRAM"
  else
    (cd "$package" && swift build -c release --product swiftlet >&2) || return
    echo "$(cd "$package" && swift build -c release --show-bin-path)/swiftlet"
  fi
}

# Ends the script unless there is a command of dpkg-dev, or of binutils, which comes with it.
require_dpkg_dev() {
  command -v "$1" > /dev/null || fail "$1: not found (package dpkg-dev)"
}

# output_folder FOLDER: makes a folder unless it is there, and prints its path from the root; ends the
# script where nothing can be written into it.
output_folder() {
  local trial=$1/.part-$$
  # Root may write everywhere but where the file system refuses, so that it is tried.
  { mkdir -p "$1" && : > "$trial" && rm "$trial"; } 2> /dev/null || fail "$1: not a folder that can be written to"
  realpath "$1"
}

# put FILE FOLDER: copies a file that is done into the folder, where its name stands for all of it or
# for what it stood for before. The caller's trap removes FOLDER/.part-$$.
put() {
  local part=$2/.part-$$ why
  why=$({ cp --preserve=mode "$1" "$part" && mv -fT "$part" "$2/${1##*/}"; } 2>&1) ||
    fail "$2/${1##*/}: cannot be written: ${why##*: }"
}
