#include <setjmp.h>
#include <stdio.h>

#include "swl_jpeg.h"
// jpeglib.h needs size_t and FILE.
#include <jerror.h>
#include <jpeglib.h>

#include "image_failure.h"

// A progressive file may repeat scans without end, each as long to decode as the image is large.
// Real encoders write about ten.
enum { MAX_SCANS = 500 };

// One decoder and its job. libjpeg's callbacks find it by client_data.
typedef struct Decoder {
  struct jpeg_decompress_struct jpeg;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  SwlImageFailure failure;
  int32_t width;
  int32_t height;
  uint8_t* rgb;
} Decoder;

_Noreturn static void leave(j_common_ptr jpeg, SwlImageFailureKind kind, const char* text) {
  Decoder* decoder = jpeg->client_data;
  swl_image_fail(&decoder->failure, kind, text);
  longjmp(decoder->escape, 1);
}

_Noreturn static void leave_with_message(j_common_ptr jpeg, SwlImageFailureKind kind) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  leave(jpeg, kind, text);
}

static void on_error(j_common_ptr jpeg) {
  switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
      leave(jpeg, SWL_IMAGE_OUT_OF_MEMORY, "");
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_J_COLORSPACE:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
      leave_with_message(jpeg, SWL_IMAGE_UNSUPPORTED);
    default:
      leave_with_message(jpeg, SWL_IMAGE_DAMAGED);
  }
}

// Level −1 is a warning, higher ones are traces. libjpeg goes on after a warning and fills what
// it cannot decode with grey; only warnings that leave every pixel known are let pass. Among them
// is JWRN_NOT_SEQUENTIAL: the last three bytes of a scan's header (Ss, Se, Ah and Al) are for
// progressive images and fixed in baseline ones (T.81, table B.3), where some phones and network
// cameras write others; a baseline decoder does not read them. In a progressive image wrong ones
// are an error of libjpeg's.
static void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
      jpeg->err->num_warnings++;
      return;
    default:
      leave_with_message(jpeg, SWL_IMAGE_DAMAGED);
  }
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void on_progress(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > MAX_SCANS) {
    leave(jpeg, SWL_IMAGE_DAMAGED, "more than 500 scans");
  }
}

static void source_begin(j_decompress_ptr jpeg) { (void)jpeg; }
static void source_end(j_decompress_ptr jpeg) { (void)jpeg; }

// All bytes are given at the start, so being asked for more means that they ended early.
static boolean source_more(j_decompress_ptr jpeg) {
  leave((j_common_ptr)jpeg, SWL_IMAGE_TRUNCATED, "");
}

static void source_skip(j_decompress_ptr jpeg, long count) {
  if (count <= 0) return;
  struct jpeg_source_mgr* source = jpeg->src;
  if ((size_t)count > source->bytes_in_buffer) source_more(jpeg);
  source->next_input_byte += count;
  source->bytes_in_buffer -= (size_t)count;
}

static void prepare(Decoder* decoder, const uint8_t* bytes, int64_t length) {
  *decoder = (Decoder){.failure = {.kind = SWL_IMAGE_OK}};
  decoder->jpeg.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = on_error;
  decoder->errors.emit_message = on_message;
  decoder->errors.output_message = on_output;
  decoder->jpeg.client_data = decoder;
  decoder->source = (struct jpeg_source_mgr){
      .next_input_byte = bytes,
      .bytes_in_buffer = (size_t)length,
      .init_source = source_begin,
      .fill_input_buffer = source_more,
      .skip_input_data = source_skip,
      .resync_to_restart = jpeg_resync_to_restart,
      .term_source = source_end,
  };
  decoder->progress.progress_monitor = on_progress;
}

static void read_header(Decoder* decoder) {
  j_decompress_ptr jpeg = &decoder->jpeg;
  jpeg_create_decompress(jpeg);  // keeps err and client_data, clears the rest
  jpeg->src = &decoder->source;
  jpeg->progress = &decoder->progress;
  jpeg_read_header(jpeg, TRUE);
  j_common_ptr common = (j_common_ptr)jpeg;
  if (jpeg->data_precision != 8) {
    leave(common, SWL_IMAGE_UNSUPPORTED, "samples of a depth other than 8 bits");
  }
  if (jpeg->num_components != 1 && jpeg->num_components != 3 && jpeg->num_components != 4) {
    leave(common, SWL_IMAGE_UNSUPPORTED, "a number of channels other than 1, 3 or 4");
  }
}

// Inverted CMYK: the stored value is how much light the ink lets through, so each channel is
// 255 − ink and red = white − cyan · white / 255 with white = 255 − black, rounded.
static void compose_cmyk(const JSAMPLE* cmyk, uint8_t* rgb, int32_t width) {
  for (int32_t x = 0; x < width; x++) {
    int32_t white = cmyk[4 * x + 3];
    for (int32_t c = 0; c < 3; c++) {
      int32_t product = (255 - cmyk[4 * x + c]) * white + 128;
      rgb[3 * x + c] = (uint8_t)(white - (((product >> 8) + product) >> 8));
    }
  }
}

static void read_size(Decoder* decoder) {
  read_header(decoder);
  decoder->width = (int32_t)decoder->jpeg.image_width;
  decoder->height = (int32_t)decoder->jpeg.image_height;
}

static void read_pixels(Decoder* decoder) {
  j_decompress_ptr jpeg = &decoder->jpeg;
  j_common_ptr common = (j_common_ptr)jpeg;
  read_header(decoder);
  int32_t is_cmyk = jpeg->num_components == 4;
  jpeg->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(jpeg);
  if (jpeg->output_width != (JDIMENSION)decoder->width ||
      jpeg->output_height != (JDIMENSION)decoder->height ||
      jpeg->output_components != (is_cmyk ? 4 : 3)) {
    leave(common, SWL_IMAGE_DAMAGED, "the size changed between two readings");
  }
  JSAMPARRAY cmyk = NULL;
  if (is_cmyk) {
    cmyk = jpeg->mem->alloc_sarray(common, JPOOL_IMAGE, 4 * (JDIMENSION)decoder->width, 1);
  }
  while (jpeg->output_scanline < jpeg->output_height) {
    uint8_t* row = decoder->rgb + (size_t)jpeg->output_scanline * (size_t)decoder->width * 3;
    if (jpeg_read_scanlines(jpeg, is_cmyk ? cmyk : &row, 1) != 1) {
      leave(common, SWL_IMAGE_TRUNCATED, "");
    }
    if (is_cmyk) compose_cmyk(cmyk[0], row, decoder->width);
  }
  jpeg_finish_decompress(jpeg);  // reads on to the end mark, so that a cut is noticed
}

// setjmp stands alone in a function that changes no variable of its own: after a longjmp those
// would be indeterminate.
static void attempt(Decoder* decoder, void (*work)(Decoder*)) {
  if (setjmp(decoder->escape) == 0) work(decoder);
  jpeg_destroy_decompress(&decoder->jpeg);
}

SwlImageFailure swl_jpeg_size(const uint8_t* bytes, int64_t length, int32_t* width,
                              int32_t* height) {
  Decoder decoder;
  prepare(&decoder, bytes, length);
  attempt(&decoder, read_size);
  *width = decoder.width;
  *height = decoder.height;
  return decoder.failure;
}

SwlImageFailure swl_jpeg_decode(const uint8_t* bytes, int64_t length, int32_t width, int32_t height,
                                uint8_t* rgb) {
  Decoder decoder;
  prepare(&decoder, bytes, length);
  decoder.width = width;
  decoder.height = height;
  decoder.rgb = rgb;
  attempt(&decoder, read_pixels);
  return decoder.failure;
}
