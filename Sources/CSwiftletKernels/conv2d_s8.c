#include "conv_strip.h"
#include "epilogue.h"

// What the strips of a convolution share.
typedef struct KernelCall {
  const SwlConvParams* params;
  const int8_t* input;
  SwlGroupCounts counts;
} KernelCall;

// Widens a pixel's inputs, four quads at a time: what is read and written past the last is
// overwritten by the next tap, or not read.
static inline void widen_inputs(const int8_t* x, int32_t quads, int16_t* wide) {
  for (int32_t i = 0; i < 4 * quads; i += 16) {
    for (int32_t k = 0; k < 16; k++) wide[i + k] = x[i + k];
  }
}

// Widens what a strip reads in quads [first, first + count), counted over all taps. `channel` is
// the group's first input channel.
static void make_patches(const KernelCall* call, SwlStrip strip, int32_t channel, int32_t first,
                         int32_t count, SwlPatches* patches) {
  const SwlConvParams* p = call->params;
  for (int32_t done = 0; done < count;) {
    const SwlTapQuads run = swl_tap_quads(call->counts, first + done, count - done);
    const int8_t* pixels[SWL_STRIP];
    swl_strip_pixels(p, call->input, strip, run.tap / p->kernel_w, run.tap % p->kernel_w, pixels);
    for (int32_t i = 0; i < strip.count; i++) {
      widen_inputs(pixels[i] + channel + 4 * run.begin, run.count, patches->pixel[i] + 4 * done);
    }
    done += run.count;
  }
}

// One group of a strip. Patches that fit one chunk serve all blocks.
static void run_group(const KernelCall* call, SwlStrip strip, int32_t group, int8_t* output) {
  const SwlConvParams* p = call->params;
  const SwlGroupCounts counts = call->counts;
  const size_t pixel = (size_t)strip.y * (size_t)p->out_w + (size_t)strip.x;
  SwlPatches patches;
  int32_t made = -1;
  for (int32_t block = 0; block < counts.blocks; block++) {
    const size_t packed = (size_t)group * (size_t)counts.blocks + (size_t)block;
    const int8_t* weights = p->weights + packed * (size_t)counts.quads * SWL_QUAD_BYTES;
    const int32_t channel = block * SWL_BLOCK_CHANNELS;
    const int32_t channels = swl_block_channels(counts.out_channels, block);
    SwlSums sums;
    swl_clear_sums(&sums, strip.count);
    for (int32_t first = 0; first < counts.quads; first += SWL_CHUNK) {
      const int32_t left = counts.quads - first;
      const int32_t count = left < SWL_CHUNK ? left : SWL_CHUNK;
      if (made != first) {
        make_patches(call, strip, group * counts.in_channels, first, count, &patches);
        made = first;
      }
      swl_accumulate(weights + (size_t)first * SWL_QUAD_BYTES, count, &patches, strip.count,
                     channels, &sums);
    }
    swl_epilogue_store(
        &p->epilogue, &p->blocks[packed], sums.pixel, strip.count,
        pixel * (size_t)p->out_step + (size_t)(group * counts.out_channels + channel),
        (size_t)p->out_step, channels, output);
  }
}

void swl_conv2d_s8__portable(const SwlConvParams* p, const int8_t* input, int8_t* output,
                             int32_t row_begin, int32_t row_end) {
  swl_conv_assert(p, row_begin, row_end);
  swl_epilogue_assert(&p->epilogue);
  const KernelCall call = {.params = p, .input = input, .counts = swl_group_counts(p)};
  const int64_t end = (int64_t)row_end * p->out_w;
  for (int64_t first = (int64_t)row_begin * p->out_w; first < end; first += SWL_STRIP) {
    for (int32_t group = 0; group < p->groups; group++) {
      run_group(&call, swl_strip(p, first, end), group, output);
    }
  }
}
