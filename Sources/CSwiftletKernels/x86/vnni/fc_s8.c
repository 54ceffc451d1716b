#if defined(__x86_64__)

#include "../x86_kernels.h"
#include "epilogue_vnni.h"

// Up to four blocks of one vector: their weights are read once, so that memory is what bounds it.

typedef struct KernelCall {
  const SwlFullyConnectedParams* p;
  const int8_t* input;
  size_t block_length;
} KernelCall;

// Even and odd quads are summed apart: one chain of additions per block would wait for itself.
SWL_VNNI_INLINE void run_blocks(const KernelCall* call, int32_t block, int8_t* output,
                                const int blocks) {
  const SwlFullyConnectedParams* p = call->p;
  const SwlChannelBlock* units[4];
  for (int u = 0; u < 4; u++) {
    units[u] = u < blocks ? &p->blocks[block + u] : &swl_no_channels;
  }
  SwlVnniChannels constants;
  swl_vnni_channels__vnni(&constants, &p->epilogue, units, SWL_VNNI_BY_BLOCK);

  __m512i even[4], odd[4];
  SWL_UNROLL
  for (int b = 0; b < 4; b++) {
    even[b] = constants.bias[b];
    odd[b] = _mm512_setzero_si512();
  }
  const __m512i flip = swl_vnni_flip();
  const int8_t* weights = p->weights + (size_t)block * call->block_length;
  const int32_t quads = swl_quad_count(p->in_count);
  int32_t quad = 0;
  for (; quad + 2 <= quads; quad += 2) {
    const __m512i x_even = swl_vnni_broadcast(call->input + 4 * quad, flip);
    const __m512i x_odd = swl_vnni_broadcast(call->input + 4 * quad + 4, flip);
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      const int8_t* w = weights + (size_t)b * call->block_length + (size_t)quad * SWL_QUAD_BYTES;
      even[b] = _mm512_dpbusd_epi32(even[b], x_even, swl_vnni_load(w));
      odd[b] = _mm512_dpbusd_epi32(odd[b], x_odd, swl_vnni_load(w + 64));
    }
  }
  if (quad < quads) {
    const __m512i x = swl_vnni_broadcast(call->input + 4 * quad, flip);
    SWL_UNROLL
    for (int b = 0; b < blocks; b++) {
      const int8_t* w = weights + (size_t)b * call->block_length + (size_t)quad * SWL_QUAD_BYTES;
      even[b] = _mm512_dpbusd_epi32(even[b], x, swl_vnni_load(w));
    }
  }
  SWL_UNROLL
  for (int b = 0; b < 4; b++) even[b] = _mm512_add_epi32(even[b], odd[b]);

  const int32_t first = block * SWL_BLOCK_CHANNELS;
  const int32_t left = p->out_count - first;
  const int32_t count = left < blocks * SWL_BLOCK_CHANNELS ? left : blocks * SWL_BLOCK_CHANNELS;
  // Bytes past the outputs are readable and change nothing.
  const __m512i skip = p->epilogue.kind == SWL_EPILOGUE_ADD
                           ? swl_vnni_load(p->epilogue.skip + first)
                           : _mm512_setzero_si512();
  const __m512i y = swl_vnni_finish(p->epilogue.kind, constants.how, &constants, even[0], even[1],
                                    even[2], even[3], SWL_VNNI_BY_BLOCK, skip);
  _mm512_mask_storeu_epi8(output + first, swl_vnni_mask(count), y);
}

SWL_VNNI void swl_fc_s8__vnni(const SwlFullyConnectedParams* p, const int8_t* input, int8_t* output,
                              int32_t block_begin, int32_t block_end) {
  assert(p->in_count > 0 && p->out_count > 0);
  assert(0 <= block_begin && block_begin <= block_end);
  assert(block_end <= swl_block_count(p->out_count));
  swl_epilogue_assert(&p->epilogue);
  const KernelCall call = {
      .p = p, .input = input, .block_length = (size_t)swl_quad_count(p->in_count) * SWL_QUAD_BYTES};
  int32_t block = block_begin;
  for (; block + 4 <= block_end; block += 4) run_blocks(&call, block, output, 4);
  for (; block < block_end; block++) run_blocks(&call, block, output, 1);
}

#endif
