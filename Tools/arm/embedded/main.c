// A program for boards too small for Swift's own runtime: SwiftletRuntime in Embedded Swift, and
// the C library.
//
//   swiftlet-embedded digest BUNDLE INPUT KERNELS THREADS   the SHA-256 of all tensors of one run
//   swiftlet-embedded damage BUNDLE SEED COUNT              loads COUNT damaged copies
//
// INPUT is the raw int8 input, in NHWC order.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// In Digest.swift and Damage.swift.
int32_t swl_embedded_digest(const char* path, const char* isa, int32_t threads, const int8_t* input,
                            int32_t input_count, uint8_t* digest);
int32_t swl_embedded_damage(uint8_t* bytes, int32_t byte_count, uint32_t seed, int32_t count);

// What Codes.swift returns for a kernel set that does not exist or not work here.
#define UNKNOWN_KERNEL_SET 2

// Reads a file of less than 1 GiB whole; ends the program if that fails.
static uint8_t* read_file(const char* path, int32_t* length) {
  FILE* file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    fprintf(stderr, "%s: cannot be opened\n", path);
    exit(1);
  }
  const long size = ftell(file);
  uint8_t* bytes = size > 0 && size < 1L << 30 ? malloc((size_t)size) : NULL;
  rewind(file);
  if (!bytes || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
    fprintf(stderr, "%s: cannot be read\n", path);
    exit(1);
  }
  fclose(file);
  *length = (int32_t)size;
  return bytes;
}

static int digest(char** arguments) {
  int32_t length;
  uint8_t* input = read_file(arguments[1], &length);
  uint8_t sum[32];
  const int32_t code = swl_embedded_digest(arguments[0], arguments[2], atoi(arguments[3]),
                                           (const int8_t*)input, length, sum);
  free(input);
  if (code != 0) {
    fprintf(stderr, "%s: %s (code %d)\n", arguments[0],
            code == UNKNOWN_KERNEL_SET ? "no kernels of that name work here" : "cannot be run",
            (int)code);
    return 1;
  }
  for (int i = 0; i < 32; i++) printf("%02x", sum[i]);
  printf("\n");
  return 0;
}

static int damage(char** arguments) {
  int32_t length;
  uint8_t* bytes = read_file(arguments[0], &length);
  const int32_t count = atoi(arguments[2]);
  const int32_t refused =
      swl_embedded_damage(bytes, length, (uint32_t)strtoul(arguments[1], NULL, 10), count);
  free(bytes);
  printf("%d of %d damaged bundles refused, %d loaded\n", (int)refused, (int)count,
         (int)(count - refused));
  return 0;
}

int main(int count, char** arguments) {
  if (count == 6 && strcmp(arguments[1], "digest") == 0) return digest(arguments + 2);
  if (count == 5 && strcmp(arguments[1], "damage") == 0) return damage(arguments + 2);
  fprintf(stderr,
          "usage: swiftlet-embedded digest BUNDLE INPUT KERNELS THREADS\n"
          "       swiftlet-embedded damage BUNDLE SEED COUNT\n");
  return 2;
}
