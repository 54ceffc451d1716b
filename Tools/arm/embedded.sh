# Shared by the scripts beside it: builds for boards without Swift's own runtime. To be sourced after
# common.sh.
#
# Embedded Swift comes with no module for Linux on ARM, but the modules for bare metal are as good:
# the object files are linked with Linux's C library by clang and lld. For 32 bits there is only one
# for soft float; its functions are inlined or compiled anew, so that under another name it serves
# hard float.

embedded_scratch=$package/.build/embedded
embedded_modules=(SwiftletDigest SwiftletRuntime)
# Of the runtime's files those that make text, which Embedded Swift of 6.0 has not.
embedded_left_out=BundleError+Description.swift

# embedded_target ARCHITECTURE: sets the compilers' names for aarch64 or armv7, and the sysroot.
embedded_target() {
  case $1 in
    aarch64) swift_triple=aarch64-none-none-elf c_triple=aarch64-unknown-linux-gnu root=$sysroot ;;
    armv7)
      swift_triple=armv7-none-none-eabihf c_triple=armv7-unknown-linux-gnueabihf
      root=$armhf_sysroot
      ;;
    *) fail "$1: expected aarch64 or armv7" ;;
  esac
}

# embedded_compile SWIFTC OUT: compiles the runtime's modules for the current target into OUT. Runs
# where SWIFTC does: inside the compiler's root for Debian's.
embedded_compile() {
  local swiftc=$1 out=$2 resources overlay kernels=$package/Sources/CSwiftletKernels name module files
  resources=$(dirname "$(dirname "$(readlink -f "$(command -v "$swiftc")")")")/lib/swift
  [ -e "$resources/embedded/Swift.swiftmodule/${swift_triple%hf}.swiftmodule" ] ||
    fail "$swiftc has no module of Embedded Swift for $swift_triple: Swift 6.0 or later is needed."
  # The same resources, with the modules under the names of hard float besides.
  overlay=$out/resources
  rm -rf "$out" && mkdir -p "$overlay/embedded"
  for name in "$resources"/*; do [ "${name##*/}" = embedded ] || ln -s "$name" "$overlay/"; done
  for name in "$resources"/embedded/*; do
    if [ ! -d "$name" ] || [ ! -e "$name/${swift_triple%hf}.swiftmodule" ]; then
      ln -s "$name" "$overlay/embedded/"
      continue
    fi
    module=$overlay/embedded/${name##*/}
    mkdir "$module"
    for file in swiftmodule swiftdoc; do
      ln -s "$name/${swift_triple%hf}.$file" "$module/$swift_triple.$file"
    done
  done
  printf 'module CSwiftletKernels { header "%s" export * }\n' \
    "$kernels/include/CSwiftletKernels.h" > "$out/module.modulemap"
  for module in "${embedded_modules[@]}"; do
    mapfile -t files < <(find "$package/Sources/$module" -name '*.swift' ! -name "$embedded_left_out" | sort)
    embedded_swift "$swiftc" "$out" "$module" "${files[@]}"
  done
}

# embedded_swift SWIFTC OUT MODULE FILE…: compiles one module.
embedded_swift() {
  local swiftc=$1 out=$2 module=$3
  shift 3
  "$swiftc" -target "$swift_triple" -resource-dir "$out/resources" -swift-version 6 \
    -enable-experimental-feature Embedded -wmo -O -parse-as-library -warnings-as-errors \
    -I "$out" -Xcc -ffreestanding -Xcc "-fmodule-map-file=$out/module.modulemap" \
    -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
    -c -o "$out/$module.o" "$@"
}

# embedded_program ARCHITECTURE: makes OUT/swiftlet-embedded and OUT/kernel-test, static files, with
# OUT=.build/embedded/ARCHITECTURE. Runs inside the compiler's root.
embedded_program() {
  local out=$embedded_scratch/$1 tools=$package/Tools/arm/embedded flags file objects=()
  embedded_target "$1"
  embedded_compile swiftc "$out"
  embedded_swift swiftc "$out" SwiftletEmbedded "$tools"/*.swift
  # Assertions stay in.
  flags=(--target="$c_triple" --sysroot="$root" -std=c11 -O2 -Wall -Wextra -Werror
    -I "$package/Sources/CSwiftletKernels/include")
  while IFS= read -r file; do
    objects+=("$out/c-${#objects[@]}.o")
    "$clang" "${flags[@]}" -c -o "${objects[-1]}" "$file"
  done < <(find "$package/Sources/CSwiftletKernels" -name '*.c' | sort)
  "$clang" "${flags[@]}" -c -o "$out/main.o" "$tools/main.c"
  "$clang" --target="$c_triple" --sysroot="$root" -fuse-ld=lld -static -Wl,--gc-sections \
    -o "$out/swiftlet-embedded" "$out"/{main,SwiftletEmbedded}.o \
    "${objects[@]}"
}
