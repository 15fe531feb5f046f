// RUN: mhc-opt %s --split-input-file --verify-diagnostics

// What the parsers and verifiers of the attributes refuse.

// Every key but order is required.
// expected-error @below {{expected the key 'eps' in #mhc.sinkhorn, got none}}
#a = #mhc.sinkhorn<iterations = 1, start = exp>

// -----

// The same for start.
// expected-error @below {{expected the key 'start' in #mhc.sinkhorn, got none}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0>

// -----

// And for iterations.
// expected-error @below {{expected the key 'iterations' in #mhc.sinkhorn, got none}}
#a = #mhc.sinkhorn<eps = 0.0, start = exp>

// -----

// No key at all.
// expected-error @below {{expected a key out of iterations, eps, start, order}}
#a = #mhc.sinkhorn<>

// -----

// An attribute without a body.
// expected-error @below {{expected '<'}}
#a = #mhc.sinkhorn

// -----

// An unknown key.
// expected-error @below {{expected a key out of iterations, eps, start, order; got 'axis'}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp, axis = rows>

// -----

// A key in quotes is none.
// expected-error @below {{expected a key out of iterations, eps, start, order}}
#a = #mhc.sinkhorn<"iterations" = 1, eps = 0.0, start = exp>

// -----

// A key again.
// expected-error @below {{expected each key once, got 'eps' again}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp, eps = 0.0>

// -----

// A key without a value.
// expected-error @below {{expected '='}}
#a = #mhc.sinkhorn<iterations, eps = 0.0, start = exp>

// -----

// A comma too many.
// expected-error @below {{expected a key out of iterations, eps, start, order}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp,>

// -----

// Too few iterations.
// expected-error @below {{expected iterations to be from 0 to 1000000, got -1}}
#a = #mhc.sinkhorn<iterations = -1, eps = 0.0, start = exp>

// -----

// The least integer.
// expected-error @below {{expected iterations to be from 0 to 1000000, got -9223372036854775808}}
#a = #mhc.sinkhorn<iterations = -9223372036854775808, eps = 0.0, start = exp>

// -----

// More iterations than an integer holds.
// expected-error @below {{integer value too large}}
#a = #mhc.sinkhorn<iterations = 9223372036854775808, eps = 0.0, start = exp>

// -----

// Iterations that are no integer.
// expected-error @below {{expected integer value}}
#a = #mhc.sinkhorn<iterations = 1.5, eps = 0.0, start = exp>

// -----

// A negative eps.
// expected-error @below {{expected eps to be finite and not negative, got -1.000000e-06}}
#a = #mhc.sinkhorn<iterations = 1, eps = -1.0e-6, start = exp>

// -----

// An infinite eps.
// expected-error @below {{expected eps to be finite and not negative, got INF}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0x7FF0000000000000, start = exp>

// -----

// An eps that is not a number.
// expected-error @below {{expected eps to be finite and not negative, got nan}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0x7FF8000000000000, start = exp>

// -----

// An eps that no double holds.
// expected-error @below {{expected eps to be finite and not negative, got INF}}
#a = #mhc.sinkhorn<iterations = 1, eps = 1.0e400, start = exp>

// -----

// An eps without a point.
// expected-error @below {{unexpected decimal integer literal for a floating point value}}
// expected-note @below {{add a trailing dot to make the literal a float}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0, start = exp>

// -----

// An eps that is a word.
// expected-error @below {{expected floating point literal}}
#a = #mhc.sinkhorn<iterations = 1, eps = tiny, start = exp>

// -----

// An unknown start.
// expected-error @below {{expected one of softmax, exp; got 'log'}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = log>

// -----

// A start that is no word.
// expected-error @below {{expected one of softmax, exp}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = 1>

// -----

// An unknown order.
// expected-error @below {{expected one of columns_rows, rows_columns; got 'rows'}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp, order = rows>

// -----

// The softmax of the rows is the first step: columns come next.
// expected-error @below {{expected order columns_rows with start = softmax, got rows_columns}}
#a = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = softmax, order = rows_columns>

// -----

// An unknown activation.
// expected-error @below {{expected one of sigmoid, tanh; got 'relu'}}
#a = #mhc.gates<activation = relu>

// -----

// An unknown key.
// expected-error @below {{expected a key out of activation, pre_eps, post_mult; got 'post_eps'}}
#a = #mhc.gates<post_eps = 1.0>

// -----

// A key again.
// expected-error @below {{expected each key once, got 'post_mult' again}}
#a = #mhc.gates<post_mult = 2.0, post_mult = 2.0>

// -----

// A key that is no word.
// expected-error @below {{expected a key out of activation, pre_eps, post_mult}}
#a = #mhc.gates<2.0>

// -----

// A negative pre_eps.
// expected-error @below {{expected pre_eps to be finite and not negative, got -1.000000e-06}}
#a = #mhc.gates<pre_eps = -1.0e-6>

// -----

// An infinite pre_eps.
// expected-error @below {{expected pre_eps to be finite and not negative, got INF}}
#a = #mhc.gates<pre_eps = 0x7FF0000000000000>

// -----

// A pre_eps that is not a number.
// expected-error @below {{expected pre_eps to be finite and not negative, got nan}}
#a = #mhc.gates<pre_eps = 0x7FF8000000000000>

// -----

// An infinite post_mult.
// expected-error @below {{expected post_mult to be finite, got INF}}
#a = #mhc.gates<post_mult = 0x7FF0000000000000>

// -----

// A post_mult that is not a number.
// expected-error @below {{expected post_mult to be finite, got nan}}
#a = #mhc.gates<post_mult = 0x7FF8000000000000>

// -----

// A post_mult of minus infinity.
// expected-error @below {{expected post_mult to be finite, got -INF}}
#a = #mhc.gates<post_mult = -1.0e400>

// -----

// No eps is added to a tanh gate.
// expected-error @below {{expected neither pre_eps nor post_mult with activation = tanh, got 1.000000e+00 and 1.000000e+00}}
#a = #mhc.gates<activation = tanh, pre_eps = 1.0>

// -----

// Nor is it multiplied.
// expected-error @below {{expected neither pre_eps nor post_mult with activation = tanh, got 0.000000e+00 and 2.000000e+00}}
#a = #mhc.gates<activation = tanh, post_mult = 2.0>

// -----

// A value without a point.
// expected-error @below {{unexpected decimal integer literal for a floating point value}}
// expected-note @below {{add a trailing dot to make the literal a float}}
#a = #mhc.gates<post_mult = 2>

// -----

// An attribute without a body.
// expected-error @below {{expected '<'}}
#a = #mhc.gates

// -----

// No kind.
// expected-error @below {{expected one of residual, hc, mhc}}
#a = #mhc.variant<>

// -----

// An unknown kind.
// expected-error @below {{expected one of residual, hc, mhc; got 'resnet'}}
#a = #mhc.variant<resnet>

// -----

// A kind in capitals.
// expected-error @below {{expected one of residual, hc, mhc; got 'MHC'}}
#a = #mhc.variant<MHC>

// -----

// A residual connection has no constants.
// expected-error @below {{expected no key after residual}}
#a = #mhc.variant<residual, norm = rms>

// -----

// The matrix of hc is always stored as base is.
// expected-error @below {{expected a key out of norm, norm_eps, precision; got 'layout'}}
#a = #mhc.variant<hc, layout = in_out>

// -----

// Its gates are given.
// expected-error @below {{expected a key out of norm, norm_eps, precision; got 'gates'}}
#a = #mhc.variant<hc, gates = <activation = tanh>>

// -----

// And it has no Sinkhorn iteration.
// expected-error @below {{expected a key out of norm, norm_eps, precision; got 'sinkhorn'}}
#a = #mhc.variant<hc, sinkhorn = <iterations = 1, eps = 0.0, start = exp>>

// -----

// A kind is not a key.
// expected-error @below {{expected a key out of norm, norm_eps, precision, layout, gates, sinkhorn; got 'residual'}}
#a = #mhc.variant<mhc, residual>

// -----

// A key that is no word.
// expected-error @below {{expected a key out of norm, norm_eps, precision, layout, gates, sinkhorn}}
#a = #mhc.variant<mhc, 4>

// -----

// A comma too many.
// expected-error @below {{expected a key out of norm, norm_eps, precision, layout, gates, sinkhorn}}
#a = #mhc.variant<mhc,>

// -----

// No comma after the kind.
// expected-error @below {{expected '>'}}
#a = #mhc.variant<mhc norm = rms>

// -----

// A key without a value.
// expected-error @below {{expected '='}}
#a = #mhc.variant<mhc, norm>

// -----

// A key again.
// expected-error @below {{expected each key once, got 'norm' again}}
#a = #mhc.variant<mhc, norm = rms, norm_eps = 1.0e-6, norm = rms>

// -----

// An unknown norm.
// expected-error @below {{expected one of rms, layer; got 'batch'}}
#a = #mhc.variant<mhc, norm = batch>

// -----

// An unknown precision.
// expected-error @below {{expected one of bf16x3, bf16x2, tf32, f32; got 'fp8'}}
#a = #mhc.variant<mhc, precision = fp8>

// -----

// An unknown layout.
// expected-error @below {{expected one of in_out, out_in; got 'transposed'}}
#a = #mhc.variant<mhc, layout = transposed>

// -----

// A negative norm_eps.
// expected-error @below {{expected norm_eps to be finite and not negative, got -1.000000e+00}}
#a = #mhc.variant<hc, norm_eps = -1.0>

// -----

// An infinite norm_eps.
// expected-error @below {{expected norm_eps to be finite and not negative, got INF}}
#a = #mhc.variant<mhc, norm_eps = 0x7FF0000000000000>

// -----

// A norm_eps that is not a number.
// expected-error @below {{expected norm_eps to be finite and not negative, got nan}}
#a = #mhc.variant<mhc, norm_eps = 0x7FF8000000000000>

// -----

// The two conventions differ in the layout: it must be written.
// expected-error @below {{expected the key 'layout' beside sinkhorn: in_out (DeepSeek-V4) or out_in (the paper), got none}}
#a = #mhc.variant<mhc, sinkhorn = <iterations = 20, eps = 0.0, start = exp>>

// -----

// The gates of mhc are sigmoids.
// expected-error @below {{expected gates with activation = sigmoid for kind mhc, got tanh}}
#a = #mhc.variant<mhc, gates = <activation = tanh>>

// -----

// What is wrong in gates is wrong here.
// expected-error @below {{expected pre_eps to be finite and not negative, got -1.000000e+00}}
#a = #mhc.variant<mhc, gates = <pre_eps = -1.0>>

// -----

// What is wrong in sinkhorn is wrong here.
// expected-error @below {{expected iterations to be from 0 to 1000000, got -1}}
#a = #mhc.variant<mhc, layout = in_out, sinkhorn = <iterations = -1, eps = 0.0, start = exp>>

// -----

// Gates that are another attribute of the dialect.
// expected-error @below {{invalid kind of attribute specified}}
#a = #mhc.variant<mhc, gates = #mhc.sinkhorn<iterations = 1, eps = 0.0, start = exp>>

// -----

// A sinkhorn that is another attribute of the dialect.
// expected-error @below {{invalid kind of attribute specified}}
#a = #mhc.variant<mhc, layout = in_out, sinkhorn = #mhc.gates<>>

// -----

// Gates that are no attribute of the dialect.
// expected-error @below {{expected '<'}}
#a = #mhc.variant<mhc, gates = 3>

// -----

// An attribute without a body.
// expected-error @below {{expected '<'}}
#a = #mhc.variant

// -----

// An attribute that does not exist.
// expected-error @below {{unknown attribute `norm` in dialect `mhc`}}
#a = #mhc.norm<rms>
