#g = #mhc.gates<pre_eps = 1.0e-6, post_mult = -2.0>
#s = #mhc.sinkhorn<iterations = 1000000, eps = 1.0e-6, start = softmax>
module attributes {mhc.a = #mhc.variant<mhc, layout = in_out, gates = #g, sinkhorn = #s>,
    mhc.b = [#mhc.axis<rows>, #mhc.extent<each>, #mhc.inner_kind<pairs>, #mhc.precision<f32>],
    mhc.c = {x = #mhc.stream_reduction<mean>, y = #mhc.term_kind<transposed>},
    mhc.d = #mhc.variant<mhc, norm = rms, norm_eps = 0.0, precision = bf16x3>} {
}
