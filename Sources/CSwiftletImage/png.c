#include "swl_png.h"

// Before png.h, which would include it too, but asks for a setjmp of its own choice.
#include <png.h>
#include <setjmp.h>
#include <stddef.h>
#include <string.h>

#include "image_failure.h"

typedef struct Decoder {
  png_structp png;
  png_infop info;
  const uint8_t* bytes;
  size_t remaining;
  jmp_buf escape;
  SwlImageFailure failure;
  int32_t width;
  int32_t height;
  uint8_t* rgb;
} Decoder;

_Noreturn static void leave(Decoder* decoder, SwlImageFailureKind kind, const char* text) {
  swl_image_fail(&decoder->failure, kind, text);
  longjmp(decoder->escape, 1);
}

_Noreturn static void on_error(png_structp png, png_const_charp text) {
  Decoder* decoder = png_get_error_ptr(png);
  int32_t is_memory = strstr(text, "memory") != NULL;
  leave(decoder, is_memory ? SWL_IMAGE_OUT_OF_MEMORY : SWL_IMAGE_DAMAGED, is_memory ? "" : text);
}

// libpng warns about what it can do without: damaged optional chunks, trailing bytes.
static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void on_read(png_structp png, png_bytep target, size_t count) {
  Decoder* decoder = png_get_io_ptr(png);
  if (count > decoder->remaining) leave(decoder, SWL_IMAGE_TRUNCATED, "");
  memcpy(target, decoder->bytes, count);
  decoder->bytes += count;
  decoder->remaining -= count;
}

static void read_header(Decoder* decoder) {
  decoder->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, decoder, on_error, on_warning);
  if (decoder->png == NULL) leave(decoder, SWL_IMAGE_OUT_OF_MEMORY, "");
  decoder->info = png_create_info_struct(decoder->png);
  if (decoder->info == NULL) leave(decoder, SWL_IMAGE_OUT_OF_MEMORY, "");
  png_set_read_fn(decoder->png, decoder, on_read);
  // Quotas are the caller's, who then says so in its own words.
  png_set_user_limits(decoder->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  // Text, colour profiles and the like are skipped unread, so they cannot unpack without bound.
  png_set_keep_unknown_chunks(decoder->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(decoder->png, decoder->info);
}

static void read_size(Decoder* decoder) {
  read_header(decoder);
  decoder->width = (int32_t)png_get_image_width(decoder->png, decoder->info);
  decoder->height = (int32_t)png_get_image_height(decoder->png, decoder->info);
}

static void read_pixels(Decoder* decoder) {
  read_header(decoder);
  png_structp png = decoder->png;
  // Expansion of a transparent palette adds alpha, which is then dropped with any other.
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, decoder->info);
  size_t stride = (size_t)decoder->width * 3;
  if (png_get_image_width(png, decoder->info) != (png_uint_32)decoder->width ||
      png_get_image_height(png, decoder->info) != (png_uint_32)decoder->height ||
      png_get_rowbytes(png, decoder->info) != stride) {
    leave(decoder, SWL_IMAGE_DAMAGED, "the size changed between two readings");
  }
  for (int pass = 0; pass < passes; pass++) {
    for (int32_t y = 0; y < decoder->height; y++) {
      png_read_row(png, decoder->rgb + (size_t)y * stride, NULL);
    }
  }
  png_read_end(png, NULL);  // reads on to the end chunk, so that a cut is noticed
}

// setjmp stands alone in a function that changes no variable of its own: after a longjmp those
// would be indeterminate.
static void attempt(Decoder* decoder, void (*work)(Decoder*)) {
  if (setjmp(decoder->escape) == 0) work(decoder);
  png_destroy_read_struct(&decoder->png, &decoder->info, NULL);
}

SwlImageFailure swl_png_size(const uint8_t* bytes, int64_t length, int32_t* width,
                             int32_t* height) {
  Decoder decoder = {.bytes = bytes, .remaining = (size_t)length};
  attempt(&decoder, read_size);
  *width = decoder.width;
  *height = decoder.height;
  return decoder.failure;
}

SwlImageFailure swl_png_decode(const uint8_t* bytes, int64_t length, int32_t width, int32_t height,
                               uint8_t* rgb) {
  Decoder decoder = {
      .bytes = bytes, .remaining = (size_t)length, .width = width, .height = height, .rgb = rgb};
  attempt(&decoder, read_pixels);
  return decoder.failure;
}
